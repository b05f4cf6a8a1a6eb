import RealModule
import TimbreCore

/// Bands an octave wide, and how many of their bins count as peak and as valley: the settings of
/// `librosa.feature.spectral_contrast`.
public struct ContrastBands: Sendable, Hashable {
  /// The bins of each band, and how many values at either end of the sorted ones are averaged.
  struct Band: Sendable, Hashable {
    var bins: Range<Int>
    var count: Int
  }

  let bands: [Band]
  /// Hz: where the bands begin and end, one more than there are bands. The last band goes on to half the sample rate.
  public let edges: [Double]

  /// - Parameters:
  ///   - fmin: Upper end of the lowest band, in Hz; each of the `count` bands above it ends an octave higher.
  ///   - quantile: The share of a band's bins that count as valley, and as peak.
  /// - Throws: A diagnostic when a band lies above half the sample rate or holds no bin.
  public init(count: Int, fmin: Double, quantile: Double, sampleRate: Int, nFFT: Int) throws {
    edges = [0] + (0...count).map { fmin * Double.exp2(Double($0)) }
    let nyquist = Double(sampleRate) / 2
    guard edges[count] < nyquist else {
      throw Diagnostic(
        .invalidParameters, "band \(count) begins at \(short(edges[count])) Hz, not below \(short(nyquist)) Hz",
        help: "lower n_bands or fmin, or raise the sample rate")
    }
    let last = nFFT / 2
    // Multiplied as NumPy has it: an edge may lie on a bin, and its last bit decides to which band that bin belongs.
    let width = 1 / (Double(nFFT) * (1 / Double(sampleRate)))
    var bands: [Band] = []
    for index in 0...count {
      let low = Self.first(from: edges[index], width: width, last: last) { $0 >= $1 }
      let high = Self.first(from: edges[index + 1], width: width, last: last) { $0 > $1 } - 1
      // A band takes in the bin below it, and all but the highest leave out their last.
      var start = low
      var end = high
      if index > 0 { start -= 1 }
      if index == count { end = last }
      let total = end - start + 1
      if index < count { end -= 1 }
      guard low <= high, start <= end else {
        throw Diagnostic(
          .invalidParameters,
          "no bin of the transform lies in band \(index), \(short(edges[index]))–\(short(edges[index + 1])) Hz",
          help: "raise n_fft or fmin")
      }
      let ends = (quantile * Double(total)).rounded(.toNearestOrEven)
      bands.append(Band(bins: start..<end + 1, count: min(end + 1 - start, max(1, Int(ends)))))
    }
    self.bands = bands
  }

  /// The first bin of those up to `last` that passes the test against `edge`, or last + 1.
  private static func first(from edge: Double, width: Double, last: Int, _ passes: (Double, Double) -> Bool) -> Int {
    var bin = Int(min(Double(last), max(0, (edge / width).rounded(.down) - 2)))
    while bin <= last, !passes(Double(bin) * width, edge) { bin += 1 }
    return bin
  }
}

extension Spectrogram {
  /// How far the loudest bins of each band are above its quietest: frames × bands, in dB (of amplitudes, 10 · log₁₀, as librosa has
  /// it), or as a plain difference.
  public func contrast(_ bands: ContrastBands, linear: Bool) -> [Float] {
    let width = bands.bands.count
    var valleys = [Double](repeating: 0, count: frames * width)
    var peaks = valleys
    // At least room for what `sumsOfFewExtremes` keeps, and the extremes of groups.
    var scratch = [Float](repeating: 0, count: max(bins, 2 * fewExtremes + 64))
    unsafe values.withUnsafeBufferPointer { values in
      unsafe scratch.withUnsafeMutableBufferPointer { scratch in
        guard let base = values.baseAddress, let scratch = scratch.baseAddress else { return }
        for frame in 0..<frames {
          for (index, band) in bands.bands.enumerated() {
            let row = unsafe base + (frame * stride + band.bins.lowerBound)
            let sums = unsafe sumsOfExtremes(row, count: band.bins.count, each: band.count, scratch)
            valleys[frame * width + index] = Double(Float(sums.low / Double(band.count)))
            peaks[frame * width + index] = Double(Float(sums.high / Double(band.count)))
          }
        }
      }
    }
    if !linear {
      valleys = levels(valleys)
      peaks = levels(peaks)
    }
    return zip(peaks, valleys).map { Float($0 - $1) }
  }
}

/// `librosa.power_to_db` with its defaults, in double precision.
private func levels(_ values: [Double]) -> [Double] {
  let levels = values.map { 10 * Double.log10(max(1e-10, $0)) }
  let floor = (levels.max() ?? 0) - 80
  return levels.map { max($0, floor) }
}

/// Up to so many, the extremes are kept in order while values go by; more are selected.
private let fewExtremes = 24

/// The sums of the `each` smallest and the `each` largest of `count` values.
private func sumsOfExtremes(
  _ values: UnsafePointer<Float>, count: Int, each: Int, _ scratch: UnsafeMutablePointer<Float>
) -> (low: Double, high: Double) {
  if each <= fewExtremes { return unsafe sumsOfFewExtremes(values, count: count, each: each, scratch) }
  for index in 0..<count { unsafe scratch[index] = values[index] }
  unsafe select(each, of: scratch, count: count)
  var (low, high) = (0.0, 0.0)
  for index in 0..<each { low += unsafe Double(scratch[index]) }
  unsafe select(count - each, of: scratch, count: count)
  for index in count - each..<count { high += unsafe Double(scratch[index]) }
  return (low, high)
}

/// Keeps the smallest and the largest so far, sorted; most vectors hold none.
private func sumsOfFewExtremes(
  _ values: UnsafePointer<Float>, count: Int, each: Int, _ scratch: UnsafeMutablePointer<Float>
) -> (low: Double, high: Double) {
  var (lows, highs) = unsafe (Extremes(scratch, each), Extremes(scratch + each, each))
  let whole = count / 8 * 8
  if whole >= 64 {
    // Of the extremes of some groups, no value beyond the one in the `each`-th place can be wanted.
    let extremes = unsafe scratch + 2 * fewExtremes
    let groups = unsafe writeGroupExtremes(values, count: count, isFew: each <= 4, into: extremes)
    for group in 0..<groups {
      unsafe lows.take(extremes[group])
      unsafe highs.take(-extremes[groups + group])
    }
    lows.restart()
    highs.restart()
  }
  for index in stride(from: 0, to: whole, by: 8) {
    let x = unsafe SIMD8<Float>.load(values, index)
    if isAny(x .< SIMD8(repeating: lows.limit)) { for lane in index..<index + 8 { unsafe lows.take(values[lane]) } }
    if isAny(x .> SIMD8(repeating: -highs.limit)) { for lane in index..<index + 8 { unsafe highs.take(-values[lane]) } }
  }
  for index in whole..<count {
    unsafe lows.take(values[index])
    unsafe highs.take(-values[index])
  }
  return (lows.sum, -highs.sum)
}

/// The smallest values so far, in order.
@safe private struct Extremes {
  private let values: UnsafeMutablePointer<Float>
  private let count: Int
  /// Values from here on are not wanted.
  private(set) var limit = Float.infinity

  init(_ values: UnsafeMutablePointer<Float>, _ count: Int) {
    unsafe self.values = unsafe values
    self.count = count
    for index in 0..<count { unsafe values[index] = .infinity }
  }

  @inline(__always)
  mutating func take(_ x: Float) {
    guard x < limit else { return }
    var place = count - 1
    while place > 0, unsafe values[place - 1] > x {
      unsafe values[place] = values[place - 1]
      place -= 1
    }
    unsafe values[place] = x
    limit = unsafe min(limit, values[count - 1])
  }

  /// Forgets the values but not their limit, itself included.
  mutating func restart() {
    limit = limit.nextUp
    for index in 0..<count { unsafe values[index] = .infinity }
  }

  var sum: Double {
    var total = 0.0
    for index in 0..<count { total += unsafe Double(values[index]) }
    return total
  }
}

/// Writes the smallest and then the largest value of each of 32 groups, of 8 where few are asked for; returns how many groups.
/// - Parameter count: At least 32.
private func writeGroupExtremes(
  _ values: UnsafePointer<Float>, count: Int, isFew: Bool, into target: UnsafeMutablePointer<Float>
) -> Int {
  let first = unsafe (
    SIMD8<Float>.load(values, 0), SIMD8<Float>.load(values, 8), SIMD8<Float>.load(values, 16),
    SIMD8<Float>.load(values, 24)
  )
  var (low, high) = (first, first)
  @inline(__always)
  func widen(_ low: inout SIMD8<Float>, _ high: inout SIMD8<Float>, _ index: Int) {
    let x = unsafe SIMD8<Float>.load(values, index)
    low.replace(with: x, where: x .< low)
    high.replace(with: x, where: x .> high)
  }
  for index in stride(from: 32, to: count - 31, by: 32) {
    widen(&low.0, &high.0, index)
    widen(&low.1, &high.1, index + 8)
    widen(&low.2, &high.2, index + 16)
    widen(&low.3, &high.3, index + 24)
  }
  if isFew {
    unsafe least(least(low.0, low.1), least(low.2, low.3)).store(target, 0)
    unsafe (-least(least(-high.0, -high.1), least(-high.2, -high.3))).store(target, 8)
    return 8
  }
  unsafe low.0.store(target, 0)
  unsafe low.1.store(target, 8)
  unsafe low.2.store(target, 16)
  unsafe low.3.store(target, 24)
  unsafe high.0.store(target, 32)
  unsafe high.1.store(target, 40)
  unsafe high.2.store(target, 48)
  unsafe high.3.store(target, 56)
  return 32
}

@inline(__always)
private func least(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { a.replacing(with: b, where: b .< a) }

/// Reorders values so that the `place` smallest come first (Hoare's selection, with a partition that does not branch).
private func select(_ place: Int, of values: UnsafeMutablePointer<Float>, count: Int) {
  var (low, high) = (0, count)
  while high - low > 1, place > low, place < high {
    let (a, b, c) = unsafe (values[low], values[(low + high) / 2], values[high - 1])
    let pivot = max(min(a, b), min(max(a, b), c))
    let below = unsafe partition(values, low, high) { $0 < pivot }
    if place <= below {
      high = below
      continue
    }
    // What equals the pivot comes next and needs no order: a constant stretch would otherwise take a pass a value.
    let upTo = unsafe partition(values, below, high) { $0 <= pivot }
    if place <= upTo { return }
    low = upTo
  }
}

/// Moves values that pass to the front of low ..< high, and returns where they end.
@inline(__always)
private func partition(
  _ values: UnsafeMutablePointer<Float>, _ low: Int, _ high: Int, _ passes: (Float) -> Bool
) -> Int {
  var end = low
  for index in low..<high {
    let x = unsafe values[index]
    unsafe values[index] = values[end]
    unsafe values[end] = x
    end += passes(x) ? 1 : 0
  }
  return end
}
