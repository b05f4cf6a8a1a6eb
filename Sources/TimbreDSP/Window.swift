import RealModule
import TimbreCore

/// A window function by its SciPy name, with its parameters where it has some: `"hann"`, `["kaiser", 8.6]`.
public struct Window: Sendable, Hashable {
  public enum Shape: String, Sendable, Hashable, CaseIterable {
    case hann, hamming, blackman, blackmanharris, nuttall, flattop, bartlett, triang, parzen, bohman, barthann, cosine,
      lanczos, boxcar, ones, rectangular, tukey, exponential, kaiser, gaussian
    case generalGaussian = "general_gaussian"
    case generalHamming = "general_hamming"

    /// How many parameters it must have and may have.
    var parameterCount: ClosedRange<Int> {
      switch self {
      case .tukey: 0...1
      case .exponential: 0...2
      case .kaiser, .gaussian, .generalHamming: 1...1
      case .generalGaussian: 2...2
      default: 0...0
      }
    }
  }

  public let shape: Shape
  /// In SciPy's order; nil stands for the default of that parameter.
  public let parameters: [Double?]

  /// nil where the shape does not take these parameters.
  public init?(_ shape: Shape, _ parameters: [Double?] = []) {
    guard shape.parameterCount.contains(parameters.count) else { return nil }
    let numbers = parameters.compactMap(\.self)
    switch shape {
    // Beyond 700 the Bessel function leaves the range of double precision.
    case .kaiser: guard let beta = numbers.first, abs(beta) <= 700 else { return nil }
    case .gaussian, .generalHamming:
      guard let value = numbers.first, shape == .generalHamming || value > 0 else { return nil }
    case .generalGaussian: guard numbers.count == 2, numbers[1] > 0 else { return nil }
    case .exponential: if parameters.count == 2, let tau = parameters[1], tau <= 0 { return nil }
    default: break
    }
    self.shape = shape
    self.parameters = parameters
  }

  private init(plain shape: Shape) {
    self.shape = shape
    parameters = []
  }

  public static let hann = Window(plain: .hann)
}

extension Window: ParameterValue {
  public static var parameterType: ParameterType {
    let plain = Shape.allCases.filter { $0.parameterCount.lowerBound == 0 }.map(\.rawValue)
    let parametrised = Shape.allCases.filter { $0.parameterCount.upperBound > 0 }.map(\.rawValue)
    return .oneOf([
      .choice(plain), .list(of: .oneOf([.choice(parametrised), .number(.any), .null]), count: 2...3),
    ])
  }

  public init?(json: JSONValue) {
    if let name = json.stringValue {
      guard let shape = Shape(rawValue: name) else { return nil }
      self.init(shape)
      return
    }
    guard let items = json.arrayValue, let shape = items.first?.stringValue.flatMap(Shape.init(rawValue:)) else {
      return nil
    }
    var parameters: [Double?] = []
    for item in items.dropFirst() {
      guard item == .null || item.doubleValue != nil else { return nil }
      parameters.append(item.doubleValue)
    }
    self.init(shape, parameters)
  }

  public var json: JSONValue {
    parameters.isEmpty
      ? .string(shape.rawValue) : .array([.string(shape.rawValue)] + parameters.map { $0?.json ?? .null })
  }
}
