import Synchronization

/// How often the expensive kernels have run in this process.
///
/// Work that is done twice shows in no result; it shows here. `timbre-bench count` tells the figures, and tests hold them.
public enum WorkDone {
  /// Fourier transforms of frames, forward and back.
  public static let transforms = Tally()
  /// Matrix products of networks.
  public static let products = Tally()

  public final class Tally: Sendable {
    private let count = Atomic<Int>(0)

    public func add(_ number: Int) { count.wrappingAdd(number, ordering: .relaxed) }

    public var value: Int { count.load(ordering: .relaxed) }
  }
}
