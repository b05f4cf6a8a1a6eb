/// The median of each value and its neighbours along the frames: `scipy.ndimage.median_filter` over `size` frames, with mode `reflect`.
///
/// - Parameters:
///   - values: Frames × `width` numbers.
///   - size: Numbers that each median is of, from (size / 2) frames before on; of an even number the upper one of the two in the middle.
/// - Returns: As many values, exact.
func slidingMedian(_ values: [Float], width: Int, size: Int) -> [Float] {
  let frames = width == 0 ? 0 : values.count / width
  if frames == 0 || size == 1 { return values }
  // Whole vectors: eight neighbours slide side by side, each lane with a sorted window of its own.
  let lanes = 8
  let padded = (width + lanes - 1) / lanes * lanes
  let rows = padded == width ? values : repadded(values, from: width, to: padded)
  var result = [Float](repeating: 0, count: frames * padded)
  var window = [SIMD8<Float>](repeating: SIMD8(repeating: .infinity), count: size + 1)
  unsafe rows.withUnsafeBufferPointer { rows in
    unsafe result.withUnsafeMutableBufferPointer { result in
      unsafe window.withUnsafeMutableBufferPointer { window in
        guard let x = rows.baseAddress, let y = result.baseAddress, let w = window.baseAddress else { return }
        for column in stride(from: 0, to: padded, by: lanes) {
          unsafe w.update(repeating: SIMD8(repeating: .infinity), count: size + 1)
          for offset in 0..<size {
            let row = reflected(offset - size / 2, frames)
            unsafe replace(SIMD8(repeating: .infinity), by: .load(x, row * padded + column), in: w, count: size)
          }
          unsafe w[size / 2].store(y, column)
          for frame in 1..<max(1, frames) {
            let old = reflected(frame - 1 - size / 2, frames)
            let new = reflected(frame - 1 - size / 2 + size, frames)
            unsafe replace(
              .load(x, old * padded + column), by: .load(x, new * padded + column), in: w, count: size)
            unsafe w[size / 2].store(y, frame * padded + column)
          }
        }
      }
    }
  }
  return padded == width ? result : repadded(result, from: padded, to: width)
}

/// Takes `old` out of sorted numbers, each lane for itself, and puts `new` in. What stands behind the last is infinite.
@inline(__always)
private func replace(
  _ old: SIMD8<Float>, by new: SIMD8<Float>, in window: UnsafeMutablePointer<SIMD8<Float>>, count: Int
) {
  var below = SIMD8<Float>(repeating: -.infinity)
  var here = unsafe window[0]
  for index in 0..<count {
    // Numbers from the old one on move down by a place; the new one stands between its neighbours.
    let next = unsafe window[index + 1]
    let kept = next.replacing(with: here, where: here .< old)
    let above = kept.replacing(with: new, where: new .< kept)
    unsafe window[index] = above.replacing(with: below, where: above .< below)
    below = kept
    here = next
  }
}

/// The frame that stands at `index` beyond the ends: d c b a | a b c d | d c b a.
private func reflected(_ index: Int, _ count: Int) -> Int {
  if (0..<count).contains(index) { return index }
  let place = ((index % (2 * count)) + 2 * count) % (2 * count)
  return place < count ? place : 2 * count - 1 - place
}

private func repadded(_ values: [Float], from width: Int, to target: Int) -> [Float] {
  let rows = values.count / width
  var result = [Float](repeating: 0, count: rows * target)
  let shared = min(width, target)
  unsafe result.withUnsafeMutableBufferPointer { result in
    unsafe values.withUnsafeBufferPointer { values in
      for row in 0..<rows {
        for index in 0..<shared { unsafe result[row * target + index] = values[row * width + index] }
      }
    }
  }
  return result
}

/// Rows and columns of a row-major matrix exchanged, in blocks that fit the cache.
func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
  precondition(values.count == rows * columns)
  return unsafe [Float](unsafeUninitializedCapacity: values.count) { result, written in
    written = values.count
    unsafe values.withUnsafeBufferPointer { values in
      for top in stride(from: 0, to: rows, by: 16) {
        for left in stride(from: 0, to: columns, by: 16) {
          for row in top..<min(top + 16, rows) {
            for column in left..<min(left + 16, columns) {
              unsafe result[column * rows + row] = values[row * columns + column]
            }
          }
        }
      }
    }
  }
}
