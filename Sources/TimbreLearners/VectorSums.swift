/// Σ aᵢ bᵢ.
func dot(_ a: Span<Float>, _ b: Span<Float>) -> Double { sum(a, b) { $0 * $1 } }

/// Σ (aᵢ − bᵢ)².
func squaredDistance(_ a: Span<Float>, _ b: Span<Float>) -> Double {
  sum(a, b) {
    let difference = $0 - $1
    return difference * difference
  }
}

/// Σ |aᵢ − bᵢ|.
func cityBlockDistance(_ a: Span<Float>, _ b: Span<Float>) -> Double {
  sum(a, b) {
    let difference = $0 - $1
    return difference.replacing(with: -difference, where: difference .< 0)
  }
}

/// In double precision, eight sums side by side, in an order that depends on the length alone. A term of two zeros has to be zero.
@inline(__always)
private func sum(
  _ a: Span<Float>, _ b: Span<Float>, _ term: (SIMD8<Double>, SIMD8<Double>) -> SIMD8<Double>
) -> Double {
  let count = min(a.count, b.count)
  let (left, right) = unsafe (a.bytes, b.bytes)
  var sums = SIMD8<Double>.zero
  var index = 0
  while index &+ 8 <= count {
    // Both have eight numbers more.
    let x = unsafe left.unsafeLoadUnaligned(fromUncheckedByteOffset: index &* 4, as: SIMD8<Float>.self)
    let y = unsafe right.unsafeLoadUnaligned(fromUncheckedByteOffset: index &* 4, as: SIMD8<Float>.self)
    sums += term(SIMD8<Double>(x), SIMD8<Double>(y))
    index &+= 8
  }
  var (x, y) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
  for lane in 0..<count - index {
    x[lane] = Double(a[index + lane])
    y[lane] = Double(b[index + lane])
  }
  return (sums + term(x, y)).sum()
}
