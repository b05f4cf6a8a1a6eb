import COpenBLAS
import TimbreCore

/// What the machine can do: the limit that training is held against.
extension Bench {
  /// A product of two square matrices, by as many threads of OpenBLAS's own.
  ///
  /// Timbre's networks end these threads; a process is to do this or that.
  static func multiplication(threads: Int, size: Int) throws -> () throws -> [Float] {
    openblas_set_num_threads(Int32(threads))
    var random = RandomSource(seed: 7, "matrix")
    let a = (0..<size * size).map { _ in Float(random.uniform(-1, 1)) }
    let b = (0..<size * size).map { _ in Float(random.uniform(-1, 1)) }
    var c = [Float](repeating: 0, count: size * size)
    let n = Int32(size)
    return {
      unsafe cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, &c, n)
      return [c[0]]
    }
  }
}
