import Foundation
import TimbreCore

/// The process that works on a run, as `run.json` names it while the run is under way: without it nobody could tell a run that
/// goes on from one that was killed.
enum RunProcess {
  /// `id`, `host`, and when it began, in the kernel's ticks since the machine's start: ids come again.
  static let current: JSONValue = {
    let id = Int(getpid())
    return [
      "id": .int(id), "host": .string(host ?? ""), "began": ticks(id).map { .int($0) } ?? .null,
    ]
  }()

  /// Whether the named process is at work; nil where that cannot be known here, because it belongs to another machine.
  static func isAtWork(_ process: JSONValue) -> Bool? {
    guard let id = process["id"]?.intValue, let began = process["began"]?.intValue,
      process["host"]?.stringValue == host
    else { return nil }
    return ticks(id) == began
  }

  private static var host: String? {
    (try? String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8))?.split(separator: "\n").first.map(
      String.init)
  }

  /// The 22nd field of /proc/ID/stat; the second is a name in parentheses that may hold anything.
  private static func ticks(_ id: Int) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
      let close = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: close)...].split(separator: " ")
    // A process that has ended and is not yet collected does nothing any more.
    return fields.count > 19 && fields[0] != "Z" ? Int(fields[19]) : nil
  }
}
