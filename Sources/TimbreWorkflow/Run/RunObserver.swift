import TimbreCore

/// Who is told how a run comes along: a progress bar, a log, a web page.
public protocol RunObserver: Sendable {
  /// A stage begins; `total` is how many steps it has.
  func began(_ stage: String, total: Int)
  /// That many steps are done. `detail` is a short remark, such as the loss.
  func advanced(to count: Int, detail: String?)
  /// The stage is over.
  func ended()
  /// A line worth keeping: a clip that failed, a warning, a result.
  func noted(_ text: String)
}

/// An observer that looks away.
public struct SilentObserver: RunObserver {
  public init() {}
  public func began(_ stage: String, total: Int) {}
  public func advanced(to count: Int, detail: String?) {}
  public func ended() {}
  public func noted(_ text: String) {}
}
