/// Derivatives of polynomials that are fitted to a window of values.
public struct SavitzkyGolay: Sendable {
  /// One weight a value of the window, for the derivative at its centre.
  public private(set) var weights: [Double]
  private let width: Int
  private let derivative: Int
  /// Polynomials of degree 0, 1, … that are orthogonal over the window, divided by their square norms.
  private var polynomials: [[Double]] = []
  /// The factors of the polynomial two degrees lower by which three terms make the next.
  private var ratios: [Double] = []
  /// Whether the derivative is the same all over the window.
  public let isConstant: Bool

  /// - Parameters:
  ///   - width: Values of the window; odd, at least 3.
  ///   - degree: Of the polynomials; below `width`.
  ///   - derivative: Its order.
  public init(width: Int, degree: Int, derivative: Int) {
    self.width = width
    self.derivative = derivative
    isConstant = degree <= derivative
    let half = Double(width / 2)
    let places = (0..<width).map { (Double($0) - half) / half }
    func squares(_ p: [Double]) -> Double { p.reduce(0) { $0 + $1 * $1 } }
    var below = [Double](repeating: 0, count: width)
    var current = [Double](repeating: 1, count: width)
    for degree in 0...degree {
      ratios.append(degree > 0 ? squares(current) / squares(below) : 0)
      let norm = squares(current)
      polynomials.append(current.map { $0 / norm })
      // Degree 0 has nothing below it.
      let ratio = degree > 0 ? ratios[degree] : 0
      let next = (0..<width).map { places[$0] * current[$0] - ratio * below[$0] }
      (below, current) = (current, next)
    }
    weights = [Double](repeating: 0, count: width)
    let derivatives = derivatives(at: 0)
    for (polynomial, factor) in zip(polynomials, derivatives) where factor != 0 {
      for index in 0..<width { weights[index] += factor * polynomial[index] }
    }
    // The derivative at other places needs more than the weights only where it varies.
    if isConstant { polynomials = [] }
  }

  /// The derivatives at `offset` values from the centre of the polynomial fitted to each column of `window`.
  /// - Parameter window: Width × columns.
  public func fit(_ window: ArraySlice<Float>, columns: Int) -> (_ offset: Int) -> [Double] {
    let coefficients = polynomials.map { polynomial in
      (0..<columns).map { column in
        var sum = 0.0
        for index in 0..<width {
          sum += polynomial[index] * Double(window[window.startIndex + index * columns + column])
        }
        return sum
      }
    }
    return { offset in
      let factors = derivatives(at: Double(offset) / Double(width / 2))
      var values = [Double](repeating: 0, count: columns)
      for (factor, row) in zip(factors, coefficients) {
        for column in 0..<columns { values[column] += factor * row[column] }
      }
      return values
    }
  }

  /// The derivative of each polynomial at a place, −1 ... 1 over the window.
  private func derivatives(at place: Double) -> [Double] {
    var scale = 1.0
    for _ in 0..<derivative { scale /= Double(width / 2) }
    // The polynomial itself, its first derivative, and so on.
    var below = [Double](repeating: 0, count: derivative + 1)
    var current = below
    current[0] = 1
    return ratios.map { ratio in
      let value = current[derivative] * scale
      var next = below
      for order in 0...derivative {
        next[order] = place * current[order] - ratio * below[order]
        if order > 0 { next[order] += Double(order) * current[order - 1] }
      }
      (below, current) = (current, next)
      return value
    }
  }
}
