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
  public var firstNonFinite: Int? { samples.firstIndex { !$0.isFinite } }
}
