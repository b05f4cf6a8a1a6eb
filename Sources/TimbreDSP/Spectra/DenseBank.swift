/// A small matrix that multiplies every frame of a spectrogram: chroma filters, a cosine transform.
struct DenseBank: Sendable {
  let rows: Int
  let columns: Int
  /// Columns rounded up to whole vectors; the rest is 0.
  private let stride: Int
  /// As vectors, so that none of them lies across two lines of the cache.
  private let weights: [SIMD8<Float>]
  private static let block = 32

  /// - Parameter weight: The weight of a row and a column.
  init(rows: Int, columns: Int, weight: (Int, Int) -> Float) {
    self.rows = rows
    self.columns = columns
    stride = (columns + 7) / 8 * 8
    // Rows come in fours; what is left over multiplies by 0.
    var weights = [SIMD8<Float>](repeating: .zero, count: (rows + 3) / 4 * 4 * stride / 8)
    for row in 0..<rows {
      for column in 0..<columns { weights[row * (stride / 8) + column / 8][column % 8] = weight(row, column) }
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

  /// Four rows times two frames: every vector that is loaded is used more than once, and the eight sums stay in registers.
  private func dots(
    _ values: UnsafeRawBufferPointer, _ first: Int, _ second: Int, _ weights: UnsafeRawBufferPointer, _ group: Int
  ) -> (SIMD4<Float>, SIMD4<Float>) {
    typealias Lanes = SIMD8<Float>
    let zero = Lanes(repeating: 0)
    var (a0, a1, a2, a3, b0, b1, b2, b3) = (zero, zero, zero, zero, zero, zero, zero, zero)
    let row = 4 * stride
    guard let values = values.baseAddress, let weights = weights.baseAddress else { return (.zero, .zero) }
    var place = 0
    while place < row {
      let x = unsafe values.loadUnaligned(fromByteOffset: first &+ place, as: Lanes.self)
      let y = unsafe values.loadUnaligned(fromByteOffset: second &+ place, as: Lanes.self)
      let w0 = unsafe weights.loadUnaligned(fromByteOffset: group &+ place, as: Lanes.self)
      let w1 = unsafe weights.loadUnaligned(fromByteOffset: group &+ row &+ place, as: Lanes.self)
      let w2 = unsafe weights.loadUnaligned(fromByteOffset: group &+ 2 &* row &+ place, as: Lanes.self)
      let w3 = unsafe weights.loadUnaligned(fromByteOffset: group &+ 3 &* row &+ place, as: Lanes.self)
      a0 += x * w0
      a1 += x * w1
      a2 += x * w2
      a3 += x * w3
      b0 += y * w0
      b1 += y * w1
      b2 += y * w2
      b3 += y * w3
      place &+= 32
    }
    func sum(_ v: Lanes) -> Float {
      let half = v.lowHalf + v.highHalf
      return (half.x + half.z) + (half.y + half.w)
    }
    return (SIMD4(sum(a0), sum(a1), sum(a2), sum(a3)), SIMD4(sum(b0), sum(b1), sum(b2), sum(b3)))
  }
}
