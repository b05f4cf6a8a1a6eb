import ArgumentParser
import Foundation
import TimbreCache
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// Where computed numbers are kept: `--cache`, else TIMBRE_CACHE, else the user's own cache folder.
struct CacheOptions: ParsableArguments {
  @Option(
    name: .customLong("cache"), help: "The file that keeps computed numbers from run to run.", completion: .file())
  var file: String?
  @Flag(name: .customLong("no-cache"), help: "Compute everything anew, and keep nothing.") var none = false

  /// nil where there is to be none, or it cannot be opened: a run does not fail for that.
  func open() -> ResultCache? {
    guard !none, let path = Self.path(file) else { return nil }
    do {
      return try ResultCache(path: path) { Terminal.say("warning: \($0)") }
    } catch {
      var warning = error as? Diagnostic ?? Diagnostic(.badCache, "\(error)")
      warning.severity = .warning
      Terminal.say("\(warning)")
      return nil
    }
  }

  static func path(_ named: String?) -> String? {
    if let named { return named }
    let environment = Terminal.environment
    if let variable = environment["TIMBRE_CACHE"] { return variable.isEmpty || variable == "off" ? nil : variable }
    let folder =
      environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? environment["HOME"].map { $0 + "/.cache" }
    return folder.map { $0 + "/timbre/cache.sqlite" }
  }
}

extension ResultCache {
  /// More than this is given up after a run, the longest unused first.
  static let largest = 4 << 30

  /// Counts what was found, keeps the file within its size, and says what it was good for.
  func conclude() {
    let counts = tally()
    if counts.hits > 0 {
      Terminal.say("cache: \(counts.hits) of \(counts.hits + counts.misses) numbers and signals were known")
    }
    if let summary = try? summary(), summary.bytes > Self.largest { _ = try? evict(toBytes: Self.largest / 4 * 3) }
    close()
  }
}

struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Show what is kept from run to run, or evict some of it by age or size.")

  @Option(name: .customLong("cache"), help: "The file; by default TIMBRE_CACHE or the user's own.", completion: .file())
  var file: String?
  @Option(help: "Evict what was last used longer ago: 30d, 12h.") var olderThan: String?
  @Option(help: "Evict the longest unused until so much is left: 500M, 2G, 0.") var maxSize: String?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    guard let path = CacheOptions.path(file) else {
      throw RequestError([Diagnostic(.badCache, "there is no cache: TIMBRE_CACHE is off")])
    }
    let age = try olderThan.map {
      try Self.amount($0, ["d": 86_400, "h": 3_600, "m": 60, "s": 1], "--older-than", "30d, 12h")
    }
    let size = try maxSize.map {
      try Self.amount($0, ["": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30], "--max-size", "500M, 2G")
    }
    guard FileManager.default.fileExists(atPath: path) else {
      if json { return Terminal.print("{\"file\": \(JSONValue.string(path)), \"entries\": 0}") }
      return Terminal.print("\(path): there is no cache yet")
    }
    // Only a run puts a new cache in the place of something else.
    if let strange = ResultCache.strangeness(of: path) {
      throw RequestError([
        Diagnostic(
          .badCache, "there is no cache in this file: it \(strange)",
          help: "a run with this --cache would rename it and begin a new one", subject: path)
      ])
    }
    let cache = try ResultCache(path: path) { Terminal.say("warning: \($0)") }
    if age != nil || size != nil {
      let gone = try cache.evict(before: age.map { Int(Date().timeIntervalSince1970) - $0 }, toBytes: size)
      Terminal.say("evicted \(gone) entries")
    }
    let summary = try cache.summary()
    if json {
      let values: JSONValue = [
        "file": .string(path), "entries": .int(summary.entries), "bytes": .int(summary.bytes),
        "file_bytes": .int(summary.fileBytes), "hits": .int(summary.hits), "misses": .int(summary.misses),
        "oldest_use": summary.oldest.json, "latest_use": summary.latest.json,
      ]
      return Terminal.print(values.pretty)
    }
    let asked = summary.hits + summary.misses
    let share = asked > 0 ? " (\(Numbers.fixed(100 * Double(summary.hits) / Double(asked), 1)) %)" : ""
    Terminal.print(
      """
      \(path)
      entries  \(summary.entries)
      size     \(Self.bytes(summary.bytes)) (file \(Self.bytes(summary.fileBytes)))
      hits     \(summary.hits) of \(asked)\(share)
      """)
  }

  private static func amount(_ text: String, _ units: [String: Int], _ option: String, _ example: String) throws -> Int
  {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    guard let number = Double(digits), let unit = units[String(text.dropFirst(digits.count)).replacing("B", with: "")],
      number >= 0, number * Double(unit) < 1e15
    else {
      throw RequestError([Diagnostic(.outOfRange, "\(option) \(text) cannot be understood", help: "such as \(example)")]
      )
    }
    return Int(number * Double(unit))
  }

  private static func bytes(_ count: Int) -> String {
    switch count {
    case ..<(1 << 20): "\(Numbers.fixed(Double(count) / 1024, 1)) KiB"
    case ..<(1 << 30): "\(Numbers.fixed(Double(count) / 1_048_576, 1)) MiB"
    default: "\(Numbers.fixed(Double(count) / 1_073_741_824, 2)) GiB"
    }
  }
}
