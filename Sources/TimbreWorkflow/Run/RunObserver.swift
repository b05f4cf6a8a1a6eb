import TimbreCore

/// Who is told how a run comes along: a progress bar, a log, a web page.
public protocol RunObserver: Sendable {
  /// A stage begins; `unit` is what its steps are: "clips", "epochs".
  func began(_ stage: String, unit: String)
  /// So many of at most `total` steps are done. `detail` is a short remark, such as the loss.
  func advanced(to count: Int, of total: Int, detail: String?)
  /// The stage is over.
  func ended()
  /// A line worth keeping, such as a result.
  func noted(_ text: String)
  /// What nobody should overlook: clips that failed or were passed over, recordings that are alike.
  func warned(_ text: String)
  /// What becomes of the run's parts, told from any thread; not to be waited for.
  func happened(_ event: RunEvent)
}

extension RunObserver {
  /// A display has no need of it.
  public func happened(_ event: RunEvent) {}

  public func warned(_ text: String) { noted(text) }
}

/// An observer that looks away.
public struct SilentObserver: RunObserver {
  public init() {}
  public func began(_ stage: String, unit: String) {}
  public func advanced(to count: Int, of total: Int, detail: String?) {}
  public func ended() {}
  public func noted(_ text: String) {}
}
