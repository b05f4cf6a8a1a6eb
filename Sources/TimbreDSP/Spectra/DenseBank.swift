/// A small matrix that multiplies every frame of a spectrogram: chroma filters, a cosine transform.
struct DenseBank: Sendable {
  let rows: Int
  let columns: Int
  /// Columns rounded up to whole vectors; the rest is 0.
  private let stride: Int
  /// Four rows at a time, eight columns of each after one another; as vectors, so that none lies across two lines of the cache.
  private let weights: [SIMD16<Float>]
  private static let block = 32

  /// - Parameter weight: The weight of a row and a column.
  init(rows: Int, columns: Int, weight: (Int, Int) -> Float) {
    self.rows = rows
    self.columns = columns
    stride = (columns + 7) / 8 * 8
    // Rows come in fours; what is left over multiplies by 0.
    var weights = [SIMD16<Float>](repeating: .zero, count: (rows + 3) / 4 * 2 * stride / 8)
    for row in 0..<rows {
      let (first, lane) = (row / 4 * (stride / 8) * 2 + row % 4 / 2, row % 2 * 8)
      for column in 0..<columns { weights[first + column / 8 * 2][lane + column % 8] = weight(row, column) }
    }
    self.weights = weights
  }

  /// Frames × rows.
  func apply(to source: Spectrogram) -> Spectrogram {
    precondition(source.bins == columns, "a bank for \(columns) bins")
    var result = Spectrogram(bins: rows, frames: source.frames)
    let outStride = result.stride
    unsafe result.values.withUnsafeMutableBufferPointer { target in
      unsafe source.values.withUnsafeBytes { values in
        unsafe weights.withUnsafeBytes { weights in
          // Four rows of weights stay in the nearest cache for a block of frames, and the block in the next one for all rows.
          for block in Swift.stride(from: 0, to: source.frames, by: Self.block) {
            let end = min(block + Self.block, source.frames)
            for group in 0..<(rows + 3) / 4 {
              let kept = min(4, rows - 4 * group)
              for frame in Swift.stride(from: block, to: end, by: 2) {
                let second = min(frame + 1, end - 1)
                let (a, b) = unsafe dots(
                  values, 4 * frame * source.stride, 4 * second * source.stride, weights, 16 * group * stride)
                for lane in 0..<kept {
                  unsafe target[frame * outStride + 4 * group + lane] = a[lane]
                  unsafe target[second * outStride + 4 * group + lane] = b[lane]
                }
              }
            }
          }
        }
      }
    }
    return result
  }

  /// Four rows times two frames: every vector that is loaded is used more than once, and the eight sums stay in registers, two rows in
  /// each of the widest.
  private func dots(
    _ values: UnsafeRawBufferPointer, _ first: Int, _ second: Int, _ weights: UnsafeRawBufferPointer, _ group: Int
  ) -> (SIMD4<Float>, SIMD4<Float>) {
    typealias Lanes = SIMD16<Float>
    var (a01, a23, b01, b23) = (Lanes(), Lanes(), Lanes(), Lanes())
    guard let values = values.baseAddress, let weights = weights.baseAddress else { return (.zero, .zero) }
    func twice(_ place: Int) -> Lanes {
      let eight = unsafe values.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
      return Lanes(lowHalf: eight, highHalf: eight)
    }
    var place = 0
    while place < 4 &* stride {
      let (x, y) = (twice(first &+ place), twice(second &+ place))
      let w01 = unsafe weights.loadUnaligned(fromByteOffset: group &+ 4 &* place, as: Lanes.self)
      let w23 = unsafe weights.loadUnaligned(fromByteOffset: group &+ 4 &* place &+ 64, as: Lanes.self)
      a01 += x * w01
      a23 += x * w23
      b01 += y * w01
      b23 += y * w23
      place &+= 32
    }
    func sum(_ v: SIMD8<Float>) -> Float {
      let half = v.lowHalf + v.highHalf
      return (half.x + half.z) + (half.y + half.w)
    }
    func sums(_ v: Lanes, _ w: Lanes) -> SIMD4<Float> {
      SIMD4(sum(v.lowHalf), sum(v.highHalf), sum(w.lowHalf), sum(w.highHalf))
    }
    return (sums(a01, a23), sums(b01, b23))
  }
}
