/// What the overlapping windows of an inverse transform add up to, squared: `librosa.filters.window_sumsquare`, as factors to multiply by.
///
/// Sums add up frame by frame in single precision. In the middle they repeat with every hop, so that they are computed for the
/// ends and one hop.
final class OverlapSums: Sendable {
  private let size: Int
  private let hop: Int
  private let squares: [Double]
  /// Factors of the first samples, of which the last `hop` go on repeating, while frames keep coming.
  private let head: [Float]
  /// Factors of the samples after the last frame's start plus one hop.
  private let tail: [Float]

  private struct Key: Hashable {
    var window: Window
    var winLength: Int
    var nFFT: Int
    var hop: Int
  }
  private static let cache = Cache<Key, OverlapSums>(limit: 64)

  static func of(_ parameters: STFTParameters) -> OverlapSums {
    let (size, hop) = (parameters.nFFT, parameters.hopLength)
    // Long tables are seldom wanted twice, and would fill the memory.
    guard size <= 65_536, hop <= 65_536 else { return OverlapSums(parameters.windowValues, hop: hop) }
    let key = Key(
      window: parameters.window, winLength: parameters.winLength ?? parameters.nFFT, nFFT: size, hop: hop)
    return cache.value(for: key) { OverlapSums(parameters.windowValues, hop: hop) }
  }

  private init(_ window: [Double], hop: Int) {
    size = window.count
    self.hop = hop
    let squares = window.map { $0 * $0 }
    self.squares = squares
    let length = max(size, hop)
    var sums = [Float](repeating: 0, count: length)
    for start in stride(from: 0, to: size, by: hop) { Self.add(squares, to: &sums, at: start) }
    head = sums.map(Self.factor)
    sums = [Float](repeating: 0, count: length - hop)
    // The frames that end there, the earliest first; each begins `back` samples before.
    for back in stride(from: (size - 1) / hop * hop, to: 0, by: -hop) {
      for index in 0..<size - back { sums[index] = Float(Double(sums[index]) + squares[back + index]) }
    }
    tail = sums.map(Self.factor)
  }

  private static func add(_ squares: [Double], to sums: inout [Float], at start: Int) {
    for index in 0..<min(squares.count, sums.count - start) {
      sums[start + index] = Float(Double(sums[start + index]) + squares[index])
    }
  }

  private static func factor(_ sum: Float) -> Float { sum > .leastNormalMagnitude ? 1 / sum : 1 }

  /// `samples` from `offset` on, divided by the sums of `frames` frames that begin at 0: `count` of them.
  func normalised(_ samples: AlignedBuffer<Float>, from offset: Int, count: Int, frames: Int) -> [Float] {
    precondition(samples.count >= offset + count)
    return unsafe [Float](unsafeUninitializedCapacity: count) { result, written in
      written = count
      guard let target = result.baseAddress else { return }
      let source = unsafe samples.pointer
      var place = offset
      // Copies what lies before `end`, times the factors from `first` on.
      func pass(_ factors: [Float], from first: Int, to end: Int) {
        let length = min(end, offset + count) - place
        guard length > 0 else { return }
        unsafe factors.withUnsafeBufferPointer { factors in
          guard let factor = factors.baseAddress else { return }
          unsafe multiply(source + place, factor + first, into: target + (place - offset), count: length)
        }
        place += length
      }
      if frames * hop < size {
        var sums = [Float](repeating: 0, count: offset + count)
        for frame in 0..<frames where frame * hop < sums.count { Self.add(squares, to: &sums, at: frame * hop) }
        pass(sums.map(Self.factor), from: offset, to: offset + count)
        return
      }
      let (regular, end) = (head.count - hop, min(frames * hop, offset + count))
      if place < regular { pass(head, from: place, to: min(regular, end)) }
      while place < end {
        let phase = (place - regular) % hop
        pass(head, from: regular + phase, to: min(place - phase + hop, end))
      }
      let ending = frames * hop
      if place < offset + count, place - ending < tail.count {
        pass(tail, from: place - ending, to: ending + tail.count)
      }
      while place < offset + count {
        unsafe target[place - offset] = source[place]
        place += 1
      }
    }
  }
}

private func multiply(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, count: Int
) {
  let whole = count & ~7
  var index = 0
  while index < whole {
    unsafe (SIMD8.load(a, index) * SIMD8.load(b, index)).store(target, index)
    index &+= 8
  }
  while index < count {
    unsafe target[index] = a[index] * b[index]
    index &+= 1
  }
}
