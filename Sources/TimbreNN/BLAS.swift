import COpenBLAS
import Glibc
import TimbreCore

/// Sets OpenBLAS up for the way this module uses it; early is better, because its workers idle expensively until then.
public func prepareOpenBLAS() { BLAS.prepare() }

/// Matrix products. OpenBLAS works each on one thread: the slices of a batch are what runs side by side.
enum BLAS {
  private static let isSingleThreaded: Bool = {
    openblas_set_num_threads(1)
    // OpenBLAS starts a worker for each core as it is loaded, and these wait for work in a loop that takes as much processor
    // time as a whole prediction. Nothing here gives them any; where the library lets them be ended, end them.
    if let symbol = unsafe dlsym(nil, "blas_thread_shutdown_") {
      typealias Shutdown = @convention(c) () -> Int32
      _ = unsafe unsafeBitCast(symbol, to: Shutdown.self)()
    }
    return true
  }()

  static func prepare() { _ = isSingleThreaded }

  /// c = a · b + beta · c, row-major; a is rows × inner, b is inner × columns, either given transposed where so marked.
  /// The strides are those of the matrices as they lie in memory.
  @inline(__always)
  static func multiply(
    rows: Int, columns: Int, inner: Int, _ a: Floats, stride lda: Int, transposed ta: Bool = false, _ b: Floats,
    stride ldb: Int, rightTransposed tb: Bool = false, into c: Floats, stride ldc: Int, beta: Float = 0
  ) {
    assert(a.count >= ((ta ? inner : rows) - 1) * lda + (ta ? rows : inner))
    assert(b.count >= ((tb ? columns : inner) - 1) * ldb + (tb ? inner : columns))
    assert(c.count >= (rows - 1) * ldc + columns)
    WorkDone.products.add(1)
    unsafe cblas_sgemm(
      CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, Int32(rows), Int32(columns),
      Int32(inner), 1, a.base, Int32(lda), b.base, Int32(ldb), beta, c.base, Int32(ldc))
  }
}
