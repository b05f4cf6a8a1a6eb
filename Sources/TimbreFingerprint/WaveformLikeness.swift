import TimbreCore

extension FingerprintMatch {
  /// What two copies must come to. True copies of RAVDESS, at low rates of MP3 and OGG, at 8 kHz, with noise, shifted: 0.89 and more;
  /// different recordings with like fingerprints: 0.48 at most.
  public static let leastLikeness = 0.75

  /// How alike two recordings are wave by wave below 2 kHz, where the fingerprints found them to meet: the largest absolute
  /// correlation, 1 for copies that differ in gain.
  public func likeness(_ first: Signal, _ second: Signal) -> Double {
    let (a, b) = (AudioFingerprint.reduced(first).samples, AudioFingerprint.reduced(second).samples)
    let around = shift * AudioFingerprint.hop
    return ((around - AudioFingerprint.hop)...(around + AudioFingerprint.hop)).reduce(0) { best, lag in
      max(best, abs(Self.correlation(a, b, lag: lag)))
    }
  }

  /// Of what overlaps where a[i] meets b[i − lag].
  private static func correlation(_ a: [Float], _ b: [Float], lag: Int) -> Double {
    let (x, y) = (max(0, lag), max(0, -lag))
    let count = min(a.count - x, b.count - y)
    guard count > 0 else { return 0 }
    var (product, first, second) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        for index in stride(from: 0, to: count - 7, by: 8) {
          var (u, v) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
          for lane in 0..<8 { unsafe (u[lane], v[lane]) = (a[x + index + lane], b[y + index + lane]) }
          product += u * v
          first += u * u
          second += v * v
        }
      }
    }
    let energies = Double(first.sum()) * Double(second.sum())
    return energies > 0 ? Double(product.sum()) / energies.squareRoot() : 0
  }
}
