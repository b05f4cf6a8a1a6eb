import RealModule

/// The forward transform of complex numbers in single precision, for lengths that are powers of two.
///
/// Which coefficients of a wavelet are kept depends on sums of rounding errors, so this follows the order of operations of SciPy's
/// pocketfft (passes of 8, then 4, then 2, decimation in frequency) and gives its bits. FFTW would give others.
struct SinglePrecisionTransform {
  typealias Complex = SIMD2<Float>

  private struct Pass {
    let radix: Int
    let twiddles: [Complex]
  }

  let length: Int
  private let passes: [Pass]

  init(length: Int) {
    precondition(length > 0 && length & (length - 1) == 0, "a power of two")
    self.length = length
    var radices: [Int] = []
    var rest = length
    while rest.isMultiple(of: 8) {
      radices.append(8)
      rest /= 8
    }
    while rest.isMultiple(of: 4) {
      radices.append(4)
      rest /= 4
    }
    if rest == 2 {
      radices.append(2)
      radices.swapAt(0, radices.count - 1)
    }
    var done = 1
    passes = radices.map { radix in
      let inner = length / (done * radix)
      var twiddles: [Complex] = []
      twiddles.reserveCapacity((radix - 1) * inner)
      for j in 1..<radix {
        for i in 0..<inner { twiddles.append(Self.root(j * done * i, of: length)) }
      }
      done *= radix
      return Pass(radix: radix, twiddles: twiddles)
    }
  }

  /// e^(2πi·k/n), from an angle within an eighth of a turn.
  private static func root(_ k: Int, of n: Int) -> Complex {
    let eighths = 8 * k
    func angle(_ x: Int) -> Double { 2 * .pi * Double(x) / (8 * Double(n)) }
    func pair(_ x: Int) -> (Double, Double) { (.cos(angle(x)), .sin(angle(x))) }
    let (c, s): (Double, Double)
    switch eighths / n {
    case 0: (c, s) = pair(eighths)
    case 1: (s, c) = pair(2 * n - eighths)
    case 2:
      let (a, b) = pair(eighths - 2 * n)
      (c, s) = (-b, a)
    case 3:
      let (a, b) = pair(4 * n - eighths)
      (c, s) = (-a, b)
    case 4:
      let (a, b) = pair(eighths - 4 * n)
      (c, s) = (-a, -b)
    case 5:
      let (a, b) = pair(6 * n - eighths)
      (c, s) = (-b, -a)
    case 6:
      let (a, b) = pair(eighths - 6 * n)
      (c, s) = (b, -a)
    default:
      let (a, b) = pair(8 * n - eighths)
      (c, s) = (a, -b)
    }
    return Complex(Float(c), Float(s))
  }

  /// Transforms `values` in place; `scratch` is as long.
  func forward(_ values: inout [Complex], scratch: inout [Complex]) {
    precondition(values.count == length && scratch.count == length)
    var done = 1
    for pass in passes {
      let inner = length / (done * pass.radix)
      unsafe values.withUnsafeBufferPointer { source in
        unsafe scratch.withUnsafeMutableBufferPointer { target in
          unsafe pass.twiddles.withUnsafeBufferPointer { twiddles in
            guard let source = source.baseAddress, let target = target.baseAddress, let w = twiddles.baseAddress
            else { return }
            switch pass.radix {
            case 8: unsafe radix8(source, target, w, inner, done)
            case 4: unsafe radix4(source, target, w, inner, done)
            default: unsafe radix2(source, target, w, inner, done)
            }
          }
        }
      }
      swap(&values, &scratch)
      done *= pass.radix
    }
  }
}

private typealias Complex = SinglePrecisionTransform.Complex

/// v · conj(w). The first twiddle of a pass is 1, by which a product is exact.
@inline(__always)
private func turned(_ v: Complex, _ w: Complex) -> Complex {
  Complex(v.x * w.x + v.y * w.y, v.y * w.x - v.x * w.y)
}

/// v · −i
@inline(__always)
private func quarter(_ v: Complex) -> Complex { Complex(v.y, -v.x) }

private func radix2(
  _ source: UnsafePointer<Complex>, _ target: UnsafeMutablePointer<Complex>, _ w: UnsafePointer<Complex>, _ inner: Int,
  _ outer: Int
) {
  let step = inner * outer
  for k in 0..<outer {
    for i in 0..<inner {
      let x = unsafe source + (i + 2 * inner * k)
      let (a, b) = unsafe (x[0], x[inner])
      let out = unsafe target + (i + inner * k)
      unsafe out[0] = a + b
      unsafe out[step] = turned(a - b, w[i])
    }
  }
}

private func radix4(
  _ source: UnsafePointer<Complex>, _ target: UnsafeMutablePointer<Complex>, _ w: UnsafePointer<Complex>, _ inner: Int,
  _ outer: Int
) {
  let step = inner * outer
  for k in 0..<outer {
    for i in 0..<inner {
      let x = unsafe source + (i + 4 * inner * k)
      let (t2, t1) = unsafe (x[0] + x[2 * inner], x[0] - x[2 * inner])
      let t3 = unsafe x[inner] + x[3 * inner]
      let t4 = unsafe quarter(x[inner] - x[3 * inner])
      let out = unsafe target + (i + inner * k)
      unsafe out[0] = t2 + t3
      unsafe out[step] = turned(t1 + t4, w[i])
      unsafe out[2 * step] = turned(t2 - t3, w[inner + i])
      unsafe out[3 * step] = turned(t1 - t4, w[2 * inner + i])
    }
  }
}

private func radix8(
  _ source: UnsafePointer<Complex>, _ target: UnsafeMutablePointer<Complex>, _ w: UnsafePointer<Complex>, _ inner: Int,
  _ outer: Int
) {
  let half: Float = 0.707_106_781_186_547_5
  let step = inner * outer
  for k in 0..<outer {
    for i in 0..<inner {
      let x = unsafe source + (i + 8 * inner * k)
      let (s1, s5) = unsafe (x[inner] + x[5 * inner], x[inner] - x[5 * inner])
      let (s3, d7) = unsafe (x[3 * inner] + x[7 * inner], x[3 * inner] - x[7 * inner])
      let s7 = quarter(d7)
      let (a1, a3) = (s1 + s3, quarter(s1 - s3))
      let (b5, b7) = (s5 + s7, s5 - s7)
      let a5 = Complex(half * (b5.x + b5.y), half * (b5.y - b5.x))
      let a7 = Complex(half * (b7.y - b7.x), half * (-b7.x - b7.y))
      let (s0, s4) = unsafe (x[0] + x[4 * inner], x[0] - x[4 * inner])
      let (s2, d6) = unsafe (x[2 * inner] + x[6 * inner], x[2 * inner] - x[6 * inner])
      let s6 = quarter(d6)
      let (a0, a2, a4, a6) = (s0 + s2, s0 - s2, s4 + s6, s4 - s6)
      let out = unsafe target + (i + inner * k)
      unsafe out[0] = a0 + a1
      unsafe out[step] = turned(a4 + a5, w[i])
      unsafe out[2 * step] = turned(a2 + a3, w[inner + i])
      unsafe out[3 * step] = turned(a6 + a7, w[2 * inner + i])
      unsafe out[4 * step] = turned(a0 - a1, w[3 * inner + i])
      unsafe out[5 * step] = turned(a4 - a5, w[4 * inner + i])
      unsafe out[6 * step] = turned(a2 - a3, w[5 * inner + i])
      unsafe out[7 * step] = turned(a6 - a7, w[6 * inner + i])
    }
  }
}
