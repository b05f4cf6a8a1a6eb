import Synchronization

/// The axes of one extractor at each sample rate that it was asked for: hosts ask several times a clip, and names take time to make.
public final class AxesMemo: Sendable {
  private let known = Mutex<[Int: FeatureAxes]>([:])

  public init() {}

  public func axes(sampleRate: Int, _ make: () throws -> FeatureAxes) rethrows -> FeatureAxes {
    if let axes = known.withLock({ $0[sampleRate] }) { return axes }
    // Made outside the lock: equal axes that are made twice do no harm.
    let axes = try make()
    known.withLock { known in
      // A corpus has a few rates; many come from somebody who tries them all.
      if known.count >= 16 { known.removeAll() }
      known[sampleRate] = axes
    }
    return axes
  }
}
