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
  /// - Parameter next: What is multiplied after this, and had better be at hand then; as many rows.
  func multiply(rows: Int, _ a: Floats, stride: Int, into c: Floats, stride target: Int, next: Floats? = nil) {
    guard rows > 0 else { return }
    assert(a.count >= (rows - 1) * stride + inner)
    assert(c.count >= (rows - 1) * target + columns)
    WorkDone.products.add(1)
    #if TIMBRE_FMA
      if inner <= 5 { return multiplyFew(rows: rows, a, stride: stride, into: c, stride: target) }
      // So few rows at a time that they stay in the first cache while the panels, in the second, pass by.
      for row in Swift.stride(from: 0, to: rows, by: 40) {
        let (count, left) = (Swift.min(40, rows - row), rows - row - 40)
        let following = left > 0 ? a.from((row + 40) * stride) : next
        var rowsAhead = Ahead(
          following?.from(0, (Swift.min(40, left > 0 ? left : rows) - 1) * stride + inner),
          steps: (columns + 15) / 16 * Tiles.count(count))
        for column in Swift.stride(from: 0, to: columns, by: 16) {
          let tiles = Tiles(
            panel: values.from(column * inner), inner: inner, lanes: Swift.min(16, columns - column), stride: target)
          let nextPanel = column + 16 < columns ? column + 16 : 0
          var panelAhead = Ahead(values.from(nextPanel * inner, 16 * inner), steps: Tiles.count(count))
          tiles.multiply(
            rows: count, a.from(row * stride), rowStride: stride, innerStride: 1, c.from(row * target + column)
          ) {
            panelAhead.advance()
            rowsAhead.advance()
          }
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

  #if TIMBRE_FMA
    /// Up to five numbers a row: they stay in registers while the panels, in the first cache, pass by.
    ///
    /// Tiles of sums would be over before they are under way.
    private func multiplyFew(rows: Int, _ a: Floats, stride: Int, into c: Floats, stride target: Int) {
      let (k1, k2, k3, k4) = (1 % inner, 2 % inner, 3 % inner, 4 % inner)
      for row in 0..<rows {
        let numbers = a.from(row * stride)
        @inline(__always)
        func number(_ index: Int, _ place: Int) -> Float { index < inner ? numbers[place] : 0 }
        let (a0, a1, a2, a3, a4) = (numbers[0], number(1, k1), number(2, k2), number(3, k3), number(4, k4))
        forSixteens(of: columns) { column, lanes in
          let panel = values.from(column * inner)
          var sum = panel.load16(0) * a0
          sum = sum.adding(panel.load16(k1 &* 16), times: a1)
          sum = sum.adding(panel.load16(k2 &* 16), times: a2)
          sum = sum.adding(panel.load16(k3 &* 16), times: a3)
          sum = sum.adding(panel.load16(k4 &* 16), times: a4)
          c.store16(row * target + column, sum, lanes: lanes)
        }
      }
    }
  #endif

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
