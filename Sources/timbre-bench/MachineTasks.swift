import TimbreCore
import TimbreNN

/// What the machine can do: the limit that training is held against.
extension Bench {
  /// A product of two square matrices, by as many threads of OpenBLAS's own.
  static func multiplication(threads: Int, size: Int) throws -> () throws -> [Float] {
    let library = try OpenBLAS.library()
    var random = RandomSource(seed: 7, "matrix")
    let a = (0..<size * size).map { _ in Float(random.uniform(-1, 1)) }
    let b = (0..<size * size).map { _ in Float(random.uniform(-1, 1)) }
    var c = [Float](repeating: 0, count: size * size)
    return {
      library.multiply(a, b, into: &c, size: size, threads: threads)
      return [c[0]]
    }
  }
}
