import TimbreAudio
import TimbreCore
import TimbreWorkflow

/// A kind of work that is done in a process of its own: decoding, features, prediction. Whatever a hostile file does to it,
/// the server goes on.
struct Job: Sendable {
  /// What the server calls it.
  var name: String
  /// - Throws: A `Diagnostic` or a `RequestError`, which the client is told.
  var perform: @Sendable (_ arguments: JSONValue, _ bench: Bench) throws -> JSONValue

  /// All there are.
  static let all: [Job] = [.predict, .lint, .lintAll, .clipView, .featureWindow, .compare, .tryPlugin]

  static func named(_ name: String) -> Job? { all.first { $0.name == name } }
}

/// What a worker has at hand from job to job.
final class Bench {
  let registry: Registry
  let limits: StudioOptions.Limits
  private var bundles: [String: Bundle] = [:]
  var replays: [String: RunReplay] = [:]

  init(registry: Registry, limits: StudioOptions.Limits) {
    self.registry = registry
    self.limits = limits
  }

  /// A bundle, read once. The key changes with the file.
  func bundle(_ path: String) throws -> Bundle {
    let key = path + "@" + Self.stamp(path)
    if let bundle = bundles[key] { return bundle }
    let bundle = try Bundle(reading: path, registry: registry)
    if bundles.count > 16 { bundles = [:] }
    bundles[key] = bundle
    return bundle
  }

  /// A recording's header, where the recording is not larger than this server takes.
  func checked(_ path: String) throws -> AudioInfo {
    let info = try AudioFile.info(path: path)
    if let seconds = info.duration, seconds > limits.audioSeconds {
      throw Diagnostic(
        .outOfRange, "the recording has \(Int(seconds)) s, this server takes \(short(limits.audioSeconds)) s",
        help: "send a part of it")
    }
    if let frames = info.frames, frames.multipliedReportingOverflow(by: info.channels).partialValue > limits.samples {
      throw Diagnostic(.outOfRange, "the recording has too many samples", help: "send fewer channels or a part of it")
    }
    return info
  }

  /// Loading that never reads more than the server takes, even where a header does not say how long the recording is.
  func bounded(_ options: LoadOptions) -> LoadOptions {
    var options = options
    options.duration = min(options.duration ?? limits.audioSeconds, limits.audioSeconds)
    return options
  }

  private static func stamp(_ path: String) -> String {
    let head = [path, path + "/bundle"].map { $0 + "/bundle.json" }.first { FileSystem.exists($0) } ?? path
    return FileSystem.changed(head)
  }
}
