import RealModule
import TimbreCore

/// What a vector is divided by, as in `librosa.util.normalize`: its p-norm, its largest or smallest magnitude, the number of its
/// non-zero values (p = 0), or nothing.
public enum VectorNorm: Sendable, Hashable {
  case none, infinity, negativeInfinity
  case power(Double)

  /// The length of `vector`. A length below the smallest normal number of single precision counts as 1.
  func length(of vector: some Sequence<Double>) -> Double {
    let length = rawLength(of: vector)
    return length < Double(Float.leastNormalMagnitude) ? 1 : length
  }

  /// The length of `vector`, however small.
  func rawLength(of vector: some Sequence<Double>) -> Double {
    switch self {
    case .none: 1
    case .infinity: vector.reduce(0) { max($0, abs($1)) }
    case .negativeInfinity: vector.reduce(.infinity) { min($0, abs($1)) }
    case .power(0): vector.reduce(0) { $0 + ($1 != 0 ? 1 : 0) }
    case .power(1): vector.reduce(0) { $0 + abs($1) }
    case .power(2): vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .power(let p): .pow(vector.reduce(0) { $0 + ($1 == 0 ? 0 : .pow(abs($1), p)) }, 1 / p)
    }
  }
}

extension VectorNorm: ParameterValue {
  public static var parameterType: ParameterType { .oneOf([.number(.nonNegative), .choice(["inf", "-inf"]), .null]) }

  public init?(json: JSONValue) {
    switch json {
    case .null: self = .none
    case .string("inf"): self = .infinity
    case .string("-inf"): self = .negativeInfinity
    default:
      guard let p = json.doubleValue, p >= 0 else { return nil }
      self = .power(p)
    }
  }

  public var json: JSONValue {
    switch self {
    case .none: .null
    case .infinity: "inf"
    case .negativeInfinity: "-inf"
    case .power(let p): p.json
    }
  }
}

/// How mel filters are scaled: each to unit area (Slaney), or by a norm of its weights.
public enum MelNorm: Sendable, Hashable {
  case slaney
  case vector(VectorNorm)
}

extension MelNorm: ParameterValue {
  public static var parameterType: ParameterType {
    .oneOf([.choice(["slaney", "inf", "-inf"]), .number(.nonNegative), .null])
  }

  public init?(json: JSONValue) {
    if json == "slaney" {
      self = .slaney
    } else if let norm = VectorNorm(json: json) {
      self = .vector(norm)
    } else {
      return nil
    }
  }

  public var json: JSONValue {
    switch self {
    case .slaney: "slaney"
    case .vector(let norm): norm.json
    }
  }
}
