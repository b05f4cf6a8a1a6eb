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

  /// The largest sample; 0 where there is none.
  public var maximum: Float {
    guard var largest = samples.first else { return 0 }
    // Lane by lane, because a search for one number waits for each comparison.
    var lanes = SIMD8(repeating: largest)
    let whole = samples.count / 8 * 8
    unsafe samples.withUnsafeBytes { raw in
      for index in stride(from: 0, to: whole, by: 8) {
        let next = unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
        lanes.replace(with: next, where: next .> lanes)
      }
    }
    for lane in 0..<8 { largest = max(largest, lanes[lane]) }
    for sample in samples[whole...] { largest = max(largest, sample) }
    return largest
  }

  /// The index of the first NaN or infinity.
  public var firstNonFinite: Int? {
    // 0 times infinity or NaN is NaN, and stays so in a sum; one over whole vectors is faster than a search that can stop.
    let isFinite = unsafe samples.withUnsafeBytes { raw in
      var (a, b) = (SIMD8<Float>(repeating: 0), SIMD8<Float>(repeating: 0))
      let whole = samples.count / 16 * 16
      for index in stride(from: 0, to: whole, by: 16) {
        a += unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self) * 0
        b += unsafe raw.loadUnaligned(fromByteOffset: 4 * index + 32, as: SIMD8<Float>.self) * 0
      }
      return (a + b).sum() == 0 && samples[whole...].allSatisfy(\.isFinite)
    }
    return isFinite ? nil : samples.firstIndex { !$0.isFinite }
  }
}
