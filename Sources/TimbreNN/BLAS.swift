import COpenBLAS
import TimbreCore

/// Matrix products, each on one thread.
enum BLAS {
  private static let multiply: OpenBLAS.Multiply? = unsafe (try? OpenBLAS.library())?.multiply

  /// c = a · b + beta · c, row-major; a is rows × inner, b is inner × columns, either given transposed where so marked.
  /// The strides are those of the matrices as they lie in memory. Whoever gets here has found the library.
  @inline(__always)
  static func multiply(
    rows: Int, columns: Int, inner: Int, _ a: Floats, stride lda: Int, transposed ta: Bool = false, _ b: Floats,
    stride ldb: Int, rightTransposed tb: Bool = false, into c: Floats, stride ldc: Int, beta: Float = 0
  ) {
    WorkDone.products.add(1)
    part(
      rows: rows, columns: columns, inner: inner, a, stride: lda, transposed: ta, b, stride: ldb, rightTransposed: tb,
      into: c, stride: ldc, beta: beta)
  }

  /// The same as part of a greater product, which is counted as one.
  @inline(__always)
  static func part(
    rows: Int, columns: Int, inner: Int, _ a: Floats, stride lda: Int, transposed ta: Bool = false, _ b: Floats,
    stride ldb: Int, rightTransposed tb: Bool = false, into c: Floats, stride ldc: Int, beta: Float = 0
  ) {
    assert(a.count >= ((ta ? inner : rows) - 1) * lda + (ta ? rows : inner))
    assert(b.count >= ((tb ? columns : inner) - 1) * ldb + (tb ? inner : columns))
    assert(c.count >= (rows - 1) * ldc + columns)
    guard let multiply = unsafe multiply else { preconditionFailure("a network without OpenBLAS") }
    unsafe multiply(
      CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, Int32(rows), Int32(columns),
      Int32(inner), 1, a.base, Int32(lda), b.base, Int32(ldb), beta, c.base, Int32(ldc))
  }
}
