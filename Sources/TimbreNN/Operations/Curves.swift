import RealModule

/// A hidden layer's activation function; its slope is known from its value.
protocol Curve {
  static func value(_ x: Lanes16) -> Lanes16
  static func slope(_ y: Lanes16) -> Lanes16
}

enum Linear: Curve {
  @inline(__always) static func value(_ x: Lanes16) -> Lanes16 { x }
  @inline(__always) static func slope(_ y: Lanes16) -> Lanes16 { Lanes16(repeating: 1) }
}

enum ReLU: Curve {
  @inline(__always) static func value(_ x: Lanes16) -> Lanes16 { x.replacing(with: 0, where: x .<= 0) }
  @inline(__always) static func slope(_ y: Lanes16) -> Lanes16 { Lanes16.zero.replacing(with: 1, where: y .> 0) }
}

enum LeakyReLU: Curve {
  @inline(__always) static func value(_ x: Lanes16) -> Lanes16 { x.replacing(with: x * 0.2, where: x .<= 0) }
  @inline(__always)
  static func slope(_ y: Lanes16) -> Lanes16 { Lanes16(repeating: 0.2).replacing(with: 1, where: y .> 0) }
}

enum ELU: Curve {
  @inline(__always)
  static func value(_ x: Lanes16) -> Lanes16 { x.replacing(with: x.mapped { Float.expMinusOne($0) }, where: x .<= 0) }
  @inline(__always) static func slope(_ y: Lanes16) -> Lanes16 { (y + 1).replacing(with: 1, where: y .> 0) }
}

enum Tanh: Curve {
  @inline(__always) static func value(_ x: Lanes16) -> Lanes16 { x.mapped { Float.tanh($0) } }
  @inline(__always) static func slope(_ y: Lanes16) -> Lanes16 { 1 - y * y }
}

enum Sigmoid: Curve {
  @inline(__always) static func value(_ x: Lanes16) -> Lanes16 { x.mapped { 1 / (1 + Float.exp(-$0)) } }
  @inline(__always) static func slope(_ y: Lanes16) -> Lanes16 { y * (1 - y) }
}

extension Lanes16 {
  @inline(__always)
  fileprivate func mapped(_ function: (Float) -> Float) -> Lanes16 {
    var result = Lanes16()
    for lane in 0..<16 { result[lane] = function(self[lane]) }
    return result
  }
}

extension Layer.Activation {
  /// y = f(y + bias) for rows of the bias's length; without a bias f(y).
  func apply(to rows: Floats, channels: Int, bias: Floats?) {
    switch self {
    case .linear: Self.apply(Linear.self, to: rows, channels, bias)
    case .relu: Self.apply(ReLU.self, to: rows, channels, bias)
    case .leakyReLU: Self.apply(LeakyReLU.self, to: rows, channels, bias)
    case .elu: Self.apply(ELU.self, to: rows, channels, bias)
    case .tanh: Self.apply(Tanh.self, to: rows, channels, bias)
    case .sigmoid: Self.apply(Sigmoid.self, to: rows, channels, bias)
    }
  }

  @inline(__always)
  private static func apply<C: Curve>(_: C.Type, to rows: Floats, _ channels: Int, _ bias: Floats?) {
    for row in stride(from: 0, to: rows.count, by: channels) {
      forSixteens(of: channels) { start, lanes in
        var value = rows.load16(row + start, lanes: lanes)
        if let bias { value += bias.load16(start, lanes: lanes) }
        rows.store16(row + start, C.value(value), lanes: lanes)
      }
    }
  }

  /// From the derivative by y = f(z) that by z, into `target`; and its sum over the rows, into `sums` where given, or added to it.
  func backward(
    _ gradient: Floats, values: Floats, channels: Int, into target: Floats, sums: Floats?, goesOn: Bool = false
  ) {
    if !goesOn { sums?.fill(0) }
    switch self {
    case .linear: Self.backward(Linear.self, gradient, values, channels, target, sums)
    case .relu: Self.backward(ReLU.self, gradient, values, channels, target, sums)
    case .leakyReLU: Self.backward(LeakyReLU.self, gradient, values, channels, target, sums)
    case .elu: Self.backward(ELU.self, gradient, values, channels, target, sums)
    case .tanh: Self.backward(Tanh.self, gradient, values, channels, target, sums)
    case .sigmoid: Self.backward(Sigmoid.self, gradient, values, channels, target, sums)
    }
  }

  @inline(__always)
  private static func backward<C: Curve>(
    _: C.Type, _ gradient: Floats, _ values: Floats, _ channels: Int, _ target: Floats, _ sums: Floats?
  ) {
    for row in stride(from: 0, to: values.count, by: channels) {
      forSixteens(of: channels) { start, lanes in
        let value = values.load16(row + start, lanes: lanes)
        let inner = gradient.load16(row + start, lanes: lanes) * C.slope(value)
        target.store16(row + start, inner, lanes: lanes)
        if let sums { sums.store16(start, sums.load16(start, lanes: lanes) + inner, lanes: lanes) }
      }
    }
  }
}
