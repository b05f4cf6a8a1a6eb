import Synchronization
import TimbreAudio
import TimbreCore

/// The recordings that an augmenter draws from: one file, or every audio file below a folder.
///
/// A folder is listed once in a process, and decoded audio is kept for all augmenters and threads: an augmenter may be made anew for
/// every clip. What is kept never changes a result.
struct AudioPool: Sendable {
  /// Sorted by their path within the folder: the order in which draws count them.
  let files: [FoundFile]

  /// The longest audio that is kept whole: 64 MB. Of longer files only the stretch that is needed is read.
  private static let longestKept = 1 << 24
  private static let lists = Mutex<[String: [FoundFile]]>([:])
  private static let kept = Mutex(KeptAudio(limit: 4 << 24))

  /// - Throws: A diagnostic where there is nothing at `path`, or no audio below it, or a folder that cannot be read.
  init(path: String) throws {
    if let known = Self.lists.withLock({ $0[path] }) {
      files = known
      return
    }
    let found = try Self.list(path)
    Self.lists.withLock { $0[path] = found }
    files = found
  }

  private static func list(_ path: String) throws -> [FoundFile] {
    func bad(_ message: String, _ help: String) -> Diagnostic {
      Diagnostic(.unreadableFile, message, help: help, subject: path.isEmpty ? nil : path)
    }
    let wanted = "audio files (" + AudioFiles.extensions.sorted().joined(separator: ", ") + ")"
    guard !path.isEmpty else {
      throw bad("the path of the recordings is empty", "name an audio file or a folder of them")
    }
    guard let isFolder = AudioFiles.kind(of: path) else { throw bad("no such file or folder", "check \"path\"") }
    guard isFolder else {
      return [FoundFile(relative: String(path.split(separator: "/").last ?? ""), path: path)]
    }
    let (files, unreadable) = try AudioFiles.list(under: path, wanted: wanted)
    if let first = unreadable.first { throw first }
    guard !files.isEmpty else { throw bad("this folder holds no audio", "looked for \(wanted) at any depth") }
    return files
  }

  /// A file, drawn with equal chances; its path within the folder goes on record under `name`.
  func draw(as name: String, from draws: inout Draws) -> FoundFile {
    let file = files[draws.random.index(below: files.count)]
    draws.note(.string(file.relative), as: name)
    return file
  }

  /// A whole file at `sampleRate`.
  /// - Throws: A diagnostic with the file as its subject where it cannot be read, or is longer than `longest` seconds.
  func audio(of file: FoundFile, sampleRate: Int, longest: Double) throws -> [Float] {
    let path = file.path
    func check(_ duration: Double?) throws {
      guard let duration, duration > longest else { return }
      throw Diagnostic(
        .outOfRange, "this recording has \(short(duration.rounded(.up))) s, and may have \(short(longest)) s",
        help: "cut it to its beginning, or leave it out", subject: path)
    }
    let duration = try AudioFile.info(path: path).duration
    try check(duration)
    let known = Self.kept.withLock { $0[path, sampleRate] }
    let samples = try known ?? load(.file(path), options: LoadOptions(sampleRate: sampleRate)).signal.samples
    // Not every header tells the length.
    if duration == nil { try check(Double(samples.count) / Double(sampleRate)) }
    if known == nil { Self.keep(samples, path, sampleRate) }
    return samples
  }

  /// `count` samples of a file at `sampleRate`, from a drawn place on, in seconds, recorded under `name`.
  ///
  /// A file that is long enough is taken from anywhere the stretch fits; a shorter one is repeated end to end, from anywhere within it.
  /// - Throws: A diagnostic with the file as its subject where it cannot be read.
  func stretch(
    of file: FoundFile, count: Int, sampleRate: Int, as name: String, drawing draws: inout Draws
  ) throws -> [Float] {
    let path = file.path
    let rate = Double(sampleRate)
    let samples: [Float]
    if let known = Self.kept.withLock({ $0[path, sampleRate] }) {
      samples = known
    } else {
      let duration = try AudioFile.info(path: path).duration
      if let duration, duration * rate > Double(Self.longestKept) {
        let wanted = Double(count) / rate
        let offset = draws.uniform(0, max(0, duration - wanted), as: name)
        let options = LoadOptions(sampleRate: sampleRate, offset: offset, duration: wanted + 0.01)
        return Self.looped(try load(.file(path), options: options).signal.samples, from: 0, count: count)
      }
      samples = try load(.file(path), options: LoadOptions(sampleRate: sampleRate)).signal.samples
      Self.keep(samples, path, sampleRate)
    }
    let places = samples.count >= count ? samples.count - count + 1 : samples.count
    let offset = draws.uniform(0, Double(places) / rate, as: name)
    return Self.looped(samples, from: min(Int(offset * rate), places - 1), count: count)
  }

  /// Never what `stretch` reads in parts, so that a result does not depend on what has been kept.
  private static func keep(_ samples: [Float], _ path: String, _ sampleRate: Int) {
    if samples.count <= longestKept { kept.withLock { $0.keep(samples, path, sampleRate) } }
  }

  private static func looped(_ samples: [Float], from start: Int, count: Int) -> [Float] {
    var result = Array(samples[start..<min(samples.count, start + count)])
    result.reserveCapacity(count)
    while result.count < count { result += samples.prefix(count - result.count) }
    return result
  }
}

/// Decoded files by path and rate; the one that was not used for longest makes room for another.
package struct KeptAudio: Sendable {
  struct Key: Hashable {
    var path: String
    var sampleRate: Int
  }

  /// Samples in all.
  package let limit: Int
  private var entries: [Key: (samples: [Float], use: Int)] = [:]
  private var total = 0
  private var uses = 0

  package init(limit: Int) { self.limit = limit }

  package subscript(path: String, sampleRate: Int) -> [Float]? {
    mutating get {
      uses += 1
      let key = Key(path: path, sampleRate: sampleRate)
      entries[key]?.use = uses
      return entries[key]?.samples
    }
  }

  package mutating func keep(_ samples: [Float], _ path: String, _ sampleRate: Int) {
    let key = Key(path: path, sampleRate: sampleRate)
    guard samples.count <= limit, entries[key] == nil else { return }
    total += samples.count
    while total > limit, let oldest = entries.min(by: { $0.value.use < $1.value.use }) {
      entries[oldest.key] = nil
      total -= oldest.value.samples.count
    }
    uses += 1
    entries[key] = (samples, uses)
  }
}
