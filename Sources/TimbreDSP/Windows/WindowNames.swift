import TimbreCore

extension Window.Shape {
  /// SciPy's other names.
  private static let aliases: [String: Window.Shape] = [
    "brthan": .barthann, "bth": .barthann, "bart": .bartlett, "brt": .bartlett, "black": .blackman, "blk": .blackman,
    "blackharr": .blackmanharris, "bkh": .blackmanharris, "bman": .bohman, "bmn": .bohman, "box": .boxcar,
    "ones": .boxcar, "rect": .boxcar, "rectangular": .boxcar, "cheb": .chebwin, "halfcosine": .cosine,
    "poisson": .exponential, "flat": .flattop, "flt": .flattop, "gauss": .gaussian, "gss": .gaussian,
    "general cosine": .generalCosine, "general gaussian": .generalGaussian, "general gauss": .generalGaussian,
    "general_gauss": .generalGaussian, "ggs": .generalGaussian, "general hamming": .generalHamming, "hamm": .hamming,
    "ham": .hamming, "han": .hann, "ksr": .kaiser, "kaiser bessel derived": .kaiserBesselDerived,
    "kbd": .kaiserBesselDerived, "sinc": .lanczos, "nutl": .nuttall, "nut": .nuttall, "parz": .parzen, "par": .parzen,
    "taylorwin": .taylor, "triangle": .triang, "tri": .triang, "tuk": .tukey,
  ]

  private static let symmetric = "_symmetric"
  private static let periodic = "_periodic"

  /// The shape of a name, an alias, or either with SciPy's ending for the symmetric or the periodic form.
  static func named(_ name: String) -> (shape: Self, isSymmetric: Bool)? {
    var base = name
    for ending in [symmetric, periodic] where name.hasSuffix(ending) { base = String(name.dropLast(ending.count)) }
    guard let shape = Self(rawValue: base) ?? aliases[base] else { return nil }
    return (shape, name.hasSuffix(symmetric))
  }

  /// A parameter type for the names of those shapes that pass: the plain names listed, every other spelling accepted.
  static func names(_ passes: (Self) -> Bool) -> ParameterType {
    let shapes = allCases.filter(passes)
    let listed = shapes.map { $0 == .kaiserBesselDerived ? $0.rawValue + symmetric : $0.rawValue }
    let short = aliases.filter { shapes.contains($0.value) }.keys.sorted()
    let plain = shapes.map(\.rawValue) + short
    let endings = plain.flatMap { [$0 + symmetric, $0 + periodic] }
    return .choice(listed, aliases: short + endings.filter { !listed.contains($0) })
  }

  func name(isSymmetric: Bool) -> String { isSymmetric ? rawValue + Self.symmetric : rawValue }
}

extension Window: ParameterValue {
  public static var parameterType: ParameterType {
    let numbers = ParameterType.list(of: .number(.any), count: Shape.generalCosine.parameterCount)
    let parametrised = Shape.names { $0.parameterCount.upperBound > 0 }
    return .oneOf([
      Shape.names { $0.parameterCount.lowerBound == 0 }, .number(.any),
      .list(of: .oneOf([parametrised, .number(.any), numbers, .bool, .null]), count: 2...4),
    ])
  }

  public init?(json: JSONValue) {
    if let beta = json.doubleValue {
      self.init(.kaiser, [beta])
      return
    }
    let items = json.arrayValue ?? [json]
    guard let name = items.first?.stringValue, let (shape, isSymmetric) = Shape.named(name) else { return nil }
    var parameters: [Double?] = []
    if shape == .generalCosine {
      // One parameter, which is the list of coefficients.
      guard items.count == 2, let coefficients = items[1].arrayValue else { return nil }
      parameters = coefficients.map(\.doubleValue)
    } else {
      for (place, item) in items.dropFirst().enumerated() {
        // The third parameter of Taylor's window tells whether its largest value is 1.
        let flag = shape == .taylor && place == 2 ? item.boolValue.map { $0 ? 1.0 : 0 } : nil
        guard item == .null || item.doubleValue != nil || flag != nil else { return nil }
        parameters.append(flag ?? item.doubleValue)
      }
    }
    self.init(shape, parameters, isSymmetric: isSymmetric)
  }

  public var json: JSONValue {
    let name = JSONValue.string(shape.name(isSymmetric: isSymmetric))
    if parameters.isEmpty { return name }
    if shape == .generalCosine { return .array([name, .array(parameters.map { $0?.json ?? .null })]) }
    return .array(
      [name]
        + parameters.enumerated().map { place, number in
          shape == .taylor && place == 2 ? number.map { .bool($0 != 0) } ?? .null : number?.json ?? .null
        })
  }
}
