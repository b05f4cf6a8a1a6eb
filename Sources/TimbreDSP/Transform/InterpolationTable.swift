import RealModule

/// A window of Kaiser and Bessel over eight samples, by which signals are interpolated that end at a quarter of their rate.
///
/// Its shape is Beatty's (2005) for signals sampled twice as densely as they need. What it takes from high frequencies has to be given
/// back before, by dividing the spectrum by `response`.
final class InterpolationTable: Sendable {
  static let shared = InterpolationTable()

  private static let taps = 8
  private static let shape = Double.pi * (64.0 / 4 * 1.5 * 1.5 - 0.8).squareRoot()
  /// Rows between one sample and the next; from one to the other weights are interpolated, which errs by 5e-7.
  private static let rows = 512
  /// For every row the weights of eight neighbours: 16 KB, which stay in the nearest cache.
  private let weights: [SIMD8<Float>]

  private init() {
    let scale = besselI0(Self.shape)
    func row(_ number: Int) -> SIMD8<Float> {
      let place = Double(number) / Double(Self.rows)
      return SIMD8(
        (0..<8).map { tap in
          let x = (place + 3 - Double(tap)) / 4
          return Float(besselI0(Self.shape * max(0, 1 - x * x).squareRoot()) / scale)
        })
    }
    weights = (0...Self.rows).map(row)
  }

  /// The window's spectrum at a frequency in turns a sample, up to ¼.
  static func response(at turns: Double) -> Double {
    let x = Double.pi * Double(taps) * turns
    let root = (shape * shape - x * x).squareRoot()
    return Double(taps) * .sinh(root) / root / besselI0(shape)
  }

  /// Results that are worked together.
  private static let portion = 64

  /// Result number k is the signal at `step` · k, counted in samples of which `origin` is the first in `signal`. Reads up to 36 samples
  /// beyond the last result's neighbours.
  ///
  /// In three passes over a few results each: in one, the compiler takes all vectors apart to save the shuffles of the last.
  func write(
    from signal: UnsafePointer<Float>, origin: Int, step: Double, results: Range<Int>,
    into target: UnsafeMutablePointer<Float>
  ) {
    let places = AlignedBuffer<Int>(count: Self.portion, filledWith: 0)
    let parts = AlignedBuffer<Float>(count: Self.portion, filledWith: 0)
    let products = AlignedBuffer<Float>(count: Self.portion * Self.taps, filledWith: 0)
    let values = AlignedBuffer<Float>(count: Self.portion, filledWith: 0)
    for first in stride(from: results.lowerBound, to: results.upperBound, by: Self.portion) {
      let count = min(Self.portion, results.upperBound - first)
      unsafe Self.writePlaces(first, count, step: step, origin: origin, places.pointer, parts.pointer)
      unsafe weigh(signal, count, places.pointer, parts.pointer, into: products.pointer)
      unsafe Self.writeSums(of: products.pointer, into: values.pointer, count: count)
      unsafe (target + first).update(from: values.pointer, count: count)
    }
  }

  /// Where results lie, in rows from the first sample on, rounded down, and what that leaves of a row.
  private static func writePlaces(
    _ first: Int, _ count: Int, step: Double, origin: Int, _ places: UnsafeMutablePointer<Int>,
    _ parts: UnsafeMutablePointer<Float>
  ) {
    let lanes = SIMD8<Double>(0, 1, 2, 3, 4, 5, 6, 7)
    let (rate, start) = (step * Double(rows), Double(origin) * Double(rows) + 0.5)
    for index in stride(from: 0, to: count, by: 8) {
      let place = (lanes + Double(first + index)) * rate - start
      let rounded = place + roundingShift
      unsafe floats(place + 0.5 - (rounded - roundingShift)).store(parts, index)
      let bits = unsafe unsafeBitCast(rounded, to: SIMD8<Int>.self) & (1 << 50 - 1)
      unsafe bits.store(places, index)
    }
  }

  /// Eight samples around each result, times their weights.
  private func weigh(
    _ signal: UnsafePointer<Float>, _ count: Int, _ places: UnsafePointer<Int>, _ parts: UnsafePointer<Float>,
    into products: UnsafeMutablePointer<Float>
  ) {
    unsafe weights.withUnsafeBufferPointer { weights in
      guard let rows = weights.baseAddress else { return }
      let numbers = unsafe UnsafeRawPointer(rows).assumingMemoryBound(to: Float.self)
      for index in 0..<count {
        let place = unsafe places[index]
        let row = unsafe numbers + 8 * (place & (Self.rows - 1))
        let (here, next) = unsafe (SIMD8.load(row, 0), SIMD8.load(row, 8))
        let weight = unsafe here + (next - here) * parts[index]
        unsafe (weight * SIMD8.load(signal, place / Self.rows - 3)).store(products, 8 * index)
      }
    }
  }

  /// Sums of eight neighbours each.
  private static func writeSums(
    of products: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, count: Int
  ) {
    @inline(__always)
    func sums(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
      let both = SIMD16(lowHalf: a, highHalf: b)
      return both.evenHalf + both.oddHalf
    }
    for index in stride(from: 0, to: count, by: 8) {
      let eight = unsafe products + 8 * index
      let a = unsafe sums(sums(.load(eight, 0), .load(eight, 8)), sums(.load(eight, 16), .load(eight, 24)))
      let b = unsafe sums(sums(.load(eight, 32), .load(eight, 40)), sums(.load(eight, 48), .load(eight, 56)))
      unsafe sums(a, b).store(target, index)
    }
  }
}
