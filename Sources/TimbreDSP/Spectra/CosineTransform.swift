import RealModule

/// A discrete cosine transform of type 1, 2 or 3 as `scipy.fft.dct` scales it.
public struct CosineTransform: Sendable, Hashable {
  public var type: Int
  /// Whether it is scaled to be orthonormal.
  public var ortho: Bool

  public init(type: Int = 2, ortho: Bool = true) {
    precondition((1...3).contains(type), "type 1, 2 or 3")
    self.type = type
    self.ortho = ortho
  }

  /// How much input `n` adds to coefficient `k` of `count`.
  func weight(_ k: Int, _ n: Int, count: Int) -> Double {
    let size = Double(count)
    let isEdge = n == 0 || n == count - 1
    switch type {
    case 1:
      let (kd, nd) = (Double(k), Double(n))
      var value =
        (isEdge ? 1 : 2) * Double.cos(.pi * (kd * nd).truncatingRemainder(dividingBy: 2 * (size - 1)) / (size - 1))
      if ortho {
        if isEdge { value *= Double(2).squareRoot() }
        value *= 0.5 * ((k == 0 || k == count - 1 ? 1 : 2) / (size - 1)).squareRoot()
      }
      return value
    case 3:
      let value = Double.cos(.pi * Double((2 * k + 1) * n % (4 * count)) / (2 * size))
      if ortho { return value * ((n == 0 ? 1 : 2) / size).squareRoot() }
      return n == 0 ? value : 2 * value
    default:
      let value = 2 * Double.cos(.pi * Double((2 * n + 1) * k % (4 * count)) / (2 * size))
      return ortho ? value * (1 / ((k == 0 ? 4 : 2) * size)).squareRoot() : value
    }
  }

  private struct Key: Hashable { var transform: CosineTransform, inputs: Int, outputs: Int, lifter: Double }
  private static let cache = Cache<Key, DenseBank>()

  /// The first `outputs` coefficients of every frame, each multiplied by 1 + lifter/2 · sin(π(k+1)/lifter) where `lifter` is not 0.
  public func apply(to source: Spectrogram, outputs: Int, lifter: Double = 0) -> Spectrogram {
    let inputs = source.bins
    precondition(outputs <= inputs && (type != 1 || inputs > 1), "as many coefficients as inputs at most")
    let bank = Self.cache.value(for: Key(transform: self, inputs: inputs, outputs: outputs, lifter: lifter)) {
      DenseBank(rows: outputs, columns: inputs) { k, n in
        let lift = lifter > 0 ? 1 + lifter / 2 * .sin(.pi * Double(k + 1) / lifter) : 1
        return Float(weight(k, n, count: inputs) * lift)
      }
    }
    return bank.apply(to: source)
  }
}
