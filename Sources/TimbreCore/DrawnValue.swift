/// A parameter of an augmenter that is drawn anew for each clip: `{"uniform": [a, b]}` or `{"choice": [a, b, …]}`.
public enum DrawnValue: Sendable, Hashable {
  /// Any number in [lower, upper).
  case uniform(Double, Double)
  /// Any whole number from the first to the second.
  case whole(Int, Int)
  case choice([JSONValue])

  /// nil for a plain value.
  public init?(json: JSONValue, type: ParameterType) {
    if let items = json["choice"]?.arrayValue, json.members?.count == 1, !items.isEmpty {
      self = .choice(items)
    } else if let ends = json["uniform"]?.arrayValue, json.members?.count == 1, ends.count == 2 {
      if type.countsWholeNumbers, let lower = ends[0].intValue, let upper = ends[1].intValue {
        self = .whole(lower, upper)
      } else if let lower = ends[0].doubleValue, let upper = ends[1].doubleValue {
        self = .uniform(lower, upper)
      } else {
        return nil
      }
    } else {
      return nil
    }
  }

  /// Whether there is anything between the ends.
  public var isEmpty: Bool {
    switch self {
    case .uniform(let lower, let upper): lower > upper
    case .whole(let lower, let upper): lower > upper
    case .choice(let items): items.isEmpty
    }
  }

  /// The values that stand for all: the ends, or every choice.
  public var extremes: [JSONValue] {
    switch self {
    case .uniform(let lower, let upper): [lower.json, upper.json]
    case .whole(let lower, let upper): [.int(lower), .int(upper)]
    case .choice(let items): items
    }
  }

  public func draw(from random: inout RandomSource) -> JSONValue {
    switch self {
    case .uniform(let lower, let upper): .number(random.uniform(lower, upper))
    case .whole(let lower, let upper): .int(Int.random(in: lower...max(lower, upper), using: &random))
    case .choice(let items): items[random.index(below: items.count)]
    }
  }
}

extension ParameterType {
  /// The same type, or a range or a choice of such values to draw from.
  public var orDrawn: ParameterType {
    func form(_ key: String, _ type: ParameterType, _ summary: String) -> ParameterType {
      .record([ParameterDescription(name: key, type: type, unit: nil, summary: summary, defaultValue: nil)])
    }
    let choice = form("choice", .list(of: self, count: 1...1_000), "The values to choose from.")
    guard let number = numeric else { return .oneOf([self, choice]) }
    return .oneOf([self, form("uniform", .list(of: number, count: 2...2), "The lowest and the highest value."), choice])
  }

  var countsWholeNumbers: Bool { if case .int = numeric { true } else { false } }

  /// The type of numbers among the alternatives.
  private var numeric: ParameterType? {
    switch self {
    case .int, .number: self
    case .oneOf(let types): types.lazy.compactMap(\.numeric).first
    default: nil
    }
  }
}
