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

  /// What every plugin may rely on: there are samples, and all are finite. Hosts ask before they hand a signal on.
  public func requireUsable() throws {
    guard !samples.isEmpty else { throw Diagnostic(.emptyAudio, "there are no samples") }
    guard let index = firstNonFinite else { return }
    throw Diagnostic(.notFinite, "sample \(index) is NaN or infinite", help: "repair or leave out the recording")
  }

  /// The index of the first NaN or infinity.
  public var firstNonFinite: Int? {
    // The bits of infinity and NaN are the largest; a search for the largest goes over whole vectors, one that can stop does not.
    var largest: Int32 = 0
    for sample in samples { largest = max(largest, Int32(truncatingIfNeeded: sample.bitPattern & 0x7FFF_FFFF)) }
    return largest < 0x7F80_0000 ? nil : samples.firstIndex { !$0.isFinite }
  }
}
