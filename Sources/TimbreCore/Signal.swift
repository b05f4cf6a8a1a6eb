/// Mono audio: samples, nominally within ±1, and how many there are in a second.
public struct Signal: Sendable, Hashable {
  public var samples: [Float]
  /// Hz
  public var sampleRate: Int

  public init(samples: [Float], sampleRate: Int) {
    self.samples = samples
    self.sampleRate = sampleRate
  }

  /// Seconds.
  public var duration: Double { Double(samples.count) / Double(sampleRate) }

  /// The index of the first NaN or infinity.
  public var firstNonFinite: Int? { samples.firstIndex { !$0.isFinite } }
}
