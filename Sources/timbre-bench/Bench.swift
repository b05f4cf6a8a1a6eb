import TimbreCore
import TimbreReport
import TimbreWorkflow

/// Times Timbre's work for `Benchmarks/bench.py`, which puts it beside the same work of its peers.
///
/// Requests are answered by a line of JSON each: the one given as arguments, or every line of standard input, whose words are
/// separated by tabs. The peers in Benchmarks/ answer the same requests.
@main
struct Bench {
  static func main() async {
    keepFreedMemory()
    let words = Array(CommandLine.arguments.dropFirst())
    if !words.isEmpty { return await reply(to: words) }
    while let line = readLine() {
      await reply(to: line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
    }
  }

  /// `TASK time SECONDS ARGUMENT…` repeats a task for that long, after a warm-up; `TASK show ARGUMENT…` tells its result, and
  /// `TASK save FILE ARGUMENT…` writes it as NPY.
  private static func reply(to words: [String]) async {
    do {
      print(try await answer(Words(words)))
    } catch let error as RequestError {
      print(JSONValue.object([.init("error", .string(error.findings.map(\.message).joined(separator: "; ")))]))
    } catch let diagnostic as Diagnostic {
      print(JSONValue.object([.init("error", .string("\(diagnostic)"))]))
    } catch {
      print(JSONValue.object([.init("error", .string("\(error)"))]))
    }
    // The other side of a pipe waits for the answer.
    flushOutput()
  }

  private static func answer(_ words: Words) async throws -> JSONValue {
    var words = words
    let task = try words.next("a task")
    if task == "hello" { return hello() }
    if task == "run" { return try await run(&words) }
    switch try words.next("time, show, count or save") {
    case "time":
      let seconds = try words.number("seconds")
      return try Stopwatch.time(seconds: seconds, work(task, &words))
    case "show":
      if task == "infer" { return try showInference(in: words.next("a folder")) }
      let work = try work(task, &words)
      return .object([.init("values", .array(try work().map { .number(Double($0)) }))])
    case "count":
      let calls = try words.integer("a number of calls")
      return try Stopwatch.count(calls: calls, work(task, &words))
    case "save":
      let file = try words.next("a file")
      let values = try work(task, &words)()
      try NPY.write(shape: [values.count], values: values, to: file)
      return .object([.init("count", .int(values.count))])
    case let word: throw Diagnostic(.unknownChoice, "\"\(word)\" is neither time, show, count nor save")
    }
  }

  /// A task ready to be done, any number of times; it returns the numbers that it made.
  private static func work(_ task: String, _ words: inout Words) throws -> () throws -> [Float] {
    switch task {
    case "vector": try vector(audio: words.next("an audio file"), workflow: words.next("a workflow"))
    case "stretch":
      try augmentation("augment.time_stretch", ["rate=" + words.next("a rate")], audio: words.next("an audio file"))
    case "shift":
      try augmentation("augment.pitch_shift", ["n_steps=" + words.next("steps")], audio: words.next("an audio file"))
    case "plugin":
      try plugin(words.next("a plugin's id"), audio: words.next("an audio file"), words.remaining())
    case "decode": try decoding(audio: words.next("an audio file"))
    case "train": try training(jobs: words.integer("threads"), batch: words.integer("a batch size"))
    case "infer": try inference(jobs: words.integer("threads"), rows: words.integer("a number of rows"))
    case "sgemm": try multiplication(threads: words.integer("threads"), size: words.integer("a size"))
    default: throw Diagnostic(.unknownChoice, "unknown task \"\(task)\"")
    }
  }
}

/// The words of a request, taken one after the other.
struct Words {
  private var rest: ArraySlice<String>

  init(_ words: [String]) { rest = words[...] }

  mutating func next(_ what: String) throws -> String {
    guard let word = rest.popFirst() else { throw Diagnostic(.missingKey, "the request lacks \(what)") }
    return word
  }

  mutating func remaining() -> [String] {
    defer { rest = [] }
    return Array(rest)
  }

  mutating func number(_ what: String) throws -> Double {
    let word = try next(what)
    guard let number = Double(word) else { throw Diagnostic(.wrongType, "\(what): \"\(word)\" is not a number") }
    return number
  }

  mutating func integer(_ what: String) throws -> Int {
    let word = try next(what)
    guard let number = Int(word), number > 0 else {
      throw Diagnostic(.wrongType, "\(what): \"\(word)\" is not a positive integer")
    }
    return number
  }
}
