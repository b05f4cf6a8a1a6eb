import TimbreCore

/// A promise that a plugin does not keep. An empty list of these is a pass:
/// ```swift
/// #expect(conformanceFailures(of: RMS.self) == [])
/// ```
public struct ConformanceFailure: Sendable, Hashable, CustomStringConvertible {
  /// The plugin's id.
  public var plugin: String
  /// What was tried: "noise at 8000 Hz, n_mfcc = 1".
  public var situation: String
  public var message: String

  public var description: String { "\(plugin): \(situation): \(message)" }
}

/// Collects failures of one plugin.
struct FailureLog {
  let plugin: String
  private(set) var failures: [ConformanceFailure] = []

  init(_ plugin: String) { self.plugin = plugin }

  mutating func add(_ situation: String, _ message: String) {
    failures.append(ConformanceFailure(plugin: plugin, situation: situation, message: message))
  }

  mutating func check(_ condition: Bool, _ situation: String, _ message: @autoclosure () -> String) {
    if !condition { add(situation, message()) }
  }

  mutating func add(_ more: [ConformanceFailure]) { failures += more }

  /// What `work` returns; nil when it threw, which has to be a `Diagnostic`.
  ///
  /// - Parameter mayRefuse: Whether a diagnostic is a proper answer here.
  mutating func attempt<Result>(
    _ situation: String, mayRefuse: Bool = false, _ work: () throws -> Result
  ) -> Result? {
    do {
      return try work()
    } catch let diagnostic as Diagnostic {
      if !mayRefuse { add(situation, "refused: \(diagnostic)") }
      check(!diagnostic.message.isEmpty, situation, "a diagnostic without a message")
    } catch {
      add(situation, "threw \(error), which is no Diagnostic")
    }
    return nil
  }
}

extension [Float] {
  /// Whether both hold the same bits.
  func isIdentical(to other: [Float]) -> Bool {
    count == other.count && zip(self, other).allSatisfy { $0.bitPattern == $1.bitPattern }
  }
}
