import TimbreCore

/// The right side of matrix products, inner × columns, as the innermost loop reads it: panels of 16 columns, one after the other.
///
/// Weights are laid out once a step and multiplied by many rows; a general product lays out both sides at every call, which takes a
/// tenth of its time. Where the build has no fused multiply-add the layout is row-major and the products are OpenBLAS's.
struct Panels {
  /// Whether `multiply` leaves the work to OpenBLAS. If not, each number is the sum in the order of `inner`, to the bit, whatever rows
  /// are multiplied with its own.
  #if TIMBRE_FMA
    static let needsOpenBLAS = false
  #else
    static let needsOpenBLAS = true
  #endif

  let inner: Int
  let columns: Int
  let values: Floats

  init(inner: Int, columns: Int, arena: Arena) {
    self.inner = inner
    self.columns = columns
    values = arena.floats(inner * ((columns + 15) / 16 * 16))
  }

  /// Where number (row, column) lies. Eight columns from a multiple of eight on lie side by side.
  @inline(__always)
  func place(_ row: Int, _ column: Int) -> Int {
    #if TIMBRE_FMA
      (column & ~15) * inner + row * 16 + (column & 15)
    #else
      row * columns + column
    #endif
  }

  /// Takes over some rows of a row-major matrix, inner × columns.
  func lay(_ matrix: Floats, rows: Range<Int>) {
    for row in rows {
      forSixteens(of: columns) { column, lanes in
        values.store16(place(row, column), matrix.load16(row * columns + column, lanes: lanes), lanes: lanes)
      }
    }
  }

  /// Takes over some rows of a row-major matrix, columns × inner, as columns.
  func layTransposed(_ matrix: Floats, rows: Range<Int>) {
    for column in rows {
      for row in 0..<inner { values[place(row, column)] = matrix[column * inner + row] }
    }
  }

  /// c = a · self; a has `rows` rows that begin `stride` apart and may overlap, those of c begin `target` apart.
  func multiply(rows: Int, _ a: Floats, stride: Int, into c: Floats, stride target: Int) {
    guard rows > 0 else { return }
    assert(a.count >= (rows - 1) * stride + inner)
    assert(c.count >= (rows - 1) * target + columns)
    WorkDone.products.add(1)
    #if TIMBRE_FMA
      // So few rows at a time that they stay in the first cache while the panels, in the second, pass by.
      for row in Swift.stride(from: 0, to: rows, by: 40) {
        let count = Swift.min(40, rows - row)
        for column in Swift.stride(from: 0, to: columns, by: 16) {
          let tiles = Tiles(
            panel: values.from(column * inner), inner: inner, lanes: Swift.min(16, columns - column), stride: target)
          tiles.multiply(
            rows: count, a.from(row * stride), rowStride: stride, innerStride: 1, c.from(row * target + column))
        }
      }
    #else
      // Overlapping rows are not a matrix to BLAS, but their parts up to the next row's beginning are.
      for first in Swift.stride(from: 0, to: inner, by: stride) {
        BLAS.part(
          rows: rows, columns: columns, inner: Swift.min(stride, inner - first), a.from(first), stride: stride,
          values.from(first * columns), stride: columns, into: c, stride: target, beta: first == 0 ? 0 : 1)
      }
    #endif
  }

  /// Rows that `multiplyTransposed` sums before it turns to the next: with both sides and the result they fill the second cache.
  private static let block = 256
  /// Floats of scratch memory for `multiplyTransposed`.
  static func scratch(columns: Int) -> Int { block * ((columns + 15) / 16 * 16) + 1 }

  /// c = aᵀ · b, row-major without gaps; a is inner × rows, b is inner × columns.
  static func multiplyTransposed(
    rows: Int, columns: Int, inner: Int, _ a: Floats, _ b: Floats, into c: Floats, scratch: Floats
  ) {
    assert(a.count >= inner * rows && b.count >= inner * columns && c.count >= rows * columns)
    WorkDone.products.add(1)
    #if TIMBRE_FMA
      for first in stride(from: 0, to: inner, by: block) {
        let depth = Swift.min(block, inner - first)
        let (left, right) = (a.from(first * rows, depth * rows), b.from(first * columns))
        for row in 0..<depth {
          forSixteens(of: columns) { column, lanes in
            scratch.store16(column * depth + row * 16, right.load16(row * columns + column, lanes: lanes))
          }
        }
        // Tiles go down the columns of a, line by line far apart. Read in order once, it is fetched ahead and lies at hand for them.
        scratch[scratch.count - 1] = left.sumOfLines
        for column in stride(from: 0, to: columns, by: 16) {
          let tiles = Tiles(
            panel: scratch.from(column * depth), inner: depth, lanes: Swift.min(16, columns - column), stride: columns,
            adds: first > 0)
          tiles.multiply(rows: rows, left, rowStride: 1, innerStride: rows, c.from(column))
        }
      }
    #else
      BLAS.part(
        rows: rows, columns: columns, inner: inner, a, stride: rows, transposed: true, b, stride: columns, into: c,
        stride: columns)
    #endif
  }
}

#if TIMBRE_FMA
  /// Products of five rows by one panel of 16 columns, with the sums in registers.
  ///
  /// Five rows of 16 sums are ten registers of AVX2; two of the panel and one of a row's number beside them leave three of the
  /// sixteen, and ten sums in flight hide the time that a multiply-add takes: 108 GFLOP/s where the processor has 117. With six rows
  /// the compiler spills, and the loop drops to 45.
  private struct Tiles {
    let panel: Floats
    let inner: Int
    let lanes: Int
    /// From one row of the result to the next.
    let stride: Int
    /// Whether the result is added to.
    var adds = false

    @inline(__always)
    func multiply(rows: Int, _ a: Floats, rowStride: Int, innerStride: Int, _ c: Floats) {
      // As many fours as leave a multiple of five; of fewer than 12 rows there may be single ones left.
      var fours = (5 - rows % 5) % 5
      if fours * 4 > rows { fours = rows % 5 / 4 }
      var row = 0
      while row < rows {
        let (from, to) = (a.from(row * rowStride), c.from(row * stride))
        if rows - row >= 5, rows - row > fours * 4 {
          five(from, rowStride, innerStride, to)
          row += 5
        } else if rows - row >= 4 {
          four(from, rowStride, innerStride, to)
          row += 4
        } else {
          one(from, innerStride, to)
          row += 1
        }
      }
    }

    @inline(__always)
    private func start(_ c: Floats, _ row: Int) -> Lanes16 { adds ? c.load16(row * stride, lanes: lanes) : .zero }

    @inline(__always)
    private func five(_ a: Floats, _ rowStride: Int, _ innerStride: Int, _ c: Floats) {
      var (sum0, sum1, sum2) = (start(c, 0), start(c, 1), start(c, 2))
      var (sum3, sum4) = (start(c, 3), start(c, 4))
      let (a1, a2, a3, a4) = (a.from(rowStride), a.from(2 * rowStride), a.from(3 * rowStride), a.from(4 * rowStride))
      var place = 0
      for index in 0..<inner {
        let factor = panel.load16(index &* 16)
        sum0 = sum0.adding(factor, times: a[place])
        sum1 = sum1.adding(factor, times: a1[place])
        sum2 = sum2.adding(factor, times: a2[place])
        sum3 = sum3.adding(factor, times: a3[place])
        sum4 = sum4.adding(factor, times: a4[place])
        place &+= innerStride
      }
      c.store16(0, sum0, lanes: lanes)
      c.store16(stride, sum1, lanes: lanes)
      c.store16(2 * stride, sum2, lanes: lanes)
      c.store16(3 * stride, sum3, lanes: lanes)
      c.store16(4 * stride, sum4, lanes: lanes)
    }

    @inline(__always)
    private func four(_ a: Floats, _ rowStride: Int, _ innerStride: Int, _ c: Floats) {
      var (sum0, sum1, sum2, sum3) = (start(c, 0), start(c, 1), start(c, 2), start(c, 3))
      let (a1, a2, a3) = (a.from(rowStride), a.from(2 * rowStride), a.from(3 * rowStride))
      var place = 0
      for index in 0..<inner {
        let factor = panel.load16(index &* 16)
        sum0 = sum0.adding(factor, times: a[place])
        sum1 = sum1.adding(factor, times: a1[place])
        sum2 = sum2.adding(factor, times: a2[place])
        sum3 = sum3.adding(factor, times: a3[place])
        place &+= innerStride
      }
      c.store16(0, sum0, lanes: lanes)
      c.store16(stride, sum1, lanes: lanes)
      c.store16(2 * stride, sum2, lanes: lanes)
      c.store16(3 * stride, sum3, lanes: lanes)
    }

    @inline(__always)
    private func one(_ a: Floats, _ innerStride: Int, _ c: Floats) {
      var sum = start(c, 0)
      for index in 0..<inner { sum = sum.adding(panel.load16(index &* 16), times: a[index &* innerStride]) }
      c.store16(0, sum, lanes: lanes)
    }
  }
#endif
