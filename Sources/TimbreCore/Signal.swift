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
    // Lane by lane and two vectors at a time, because a search for one number waits for each comparison.
    var (a, b) = (SIMD16(repeating: largest), SIMD16(repeating: largest))
    let whole = samples.count / 32 * 32
    unsafe samples.withUnsafeBytes { raw in
      for index in stride(from: 0, to: whole, by: 32) {
        let first = unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD16<Float>.self)
        let second = unsafe raw.loadUnaligned(fromByteOffset: 4 * index + 64, as: SIMD16<Float>.self)
        a.replace(with: first, where: first .> a)
        b.replace(with: second, where: second .> b)
      }
    }
    a.replace(with: b, where: b .> a)
    for lane in 0..<16 { largest = max(largest, a[lane]) }
    for sample in samples[whole...] { largest = max(largest, sample) }
    return largest
  }

  /// The index of the first NaN or infinity.
  public var firstNonFinite: Int? {
    // 0 times infinity or NaN is NaN, and stays so in a sum; one over whole vectors is faster than a search that can stop.
    let isFinite = unsafe samples.withUnsafeBytes { raw in
      // Four sums, because each addition waits for the one before.
      var (a, b, c, d) = (SIMD16<Float>(), SIMD16<Float>(), SIMD16<Float>(), SIMD16<Float>())
      let whole = samples.count / 64 * 64
      for index in stride(from: 0, to: whole, by: 64) {
        a += unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD16<Float>.self) * 0
        b += unsafe raw.loadUnaligned(fromByteOffset: 4 * index + 64, as: SIMD16<Float>.self) * 0
        c += unsafe raw.loadUnaligned(fromByteOffset: 4 * index + 128, as: SIMD16<Float>.self) * 0
        d += unsafe raw.loadUnaligned(fromByteOffset: 4 * index + 192, as: SIMD16<Float>.self) * 0
      }
      return ((a + b) + (c + d)).sum() == 0 && samples[whole...].allSatisfy(\.isFinite)
    }
    return isFinite ? nil : samples.firstIndex { !$0.isFinite }
  }
}
