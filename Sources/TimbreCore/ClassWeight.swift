/// How much each class counts in what training makes small.
public enum ClassWeight: Sendable, Hashable {
  case none
  /// rows / (classes that occur · rows of the class), as scikit-learn has it.
  case balanced
  case weights([NamedWeight])

  public struct NamedWeight: Sendable, Hashable {
    public var label: String
    public var weight: Double
    public init(_ label: String, _ weight: Double) {
      self.label = label
      self.weight = weight
    }
  }
}

extension ClassWeight: ParameterValue {
  public static let parameterType = ParameterType.oneOf([.choice(["balanced"]), .map(of: .number(.nonNegative)), .null])

  public init?(json: JSONValue) {
    switch json {
    case .null: self = .none
    case .string("balanced"): self = .balanced
    case .object(let members):
      var weights: [NamedWeight] = []
      for member in members {
        guard let weight = member.value.doubleValue else { return nil }
        weights.append(NamedWeight(member.key, weight))
      }
      self = .weights(weights)
    default: return nil
    }
  }

  public var json: JSONValue {
    switch self {
    case .none: .null
    case .balanced: "balanced"
    case .weights(let weights): .object(weights.map { JSONValue.Member($0.label, $0.weight.json) })
    }
  }

  /// One weight a class; a class not named counts 1.
  /// - Throws: A `Diagnostic` for a label that is none of the classes.
  public func weights(of labels: [Int], classes: [String]) throws -> [Float] {
    var result = [Float](repeating: 1, count: classes.count)
    switch self {
    case .none: break
    case .balanced:
      var counts = [Int](repeating: 0, count: classes.count)
      for label in labels { counts[label] += 1 }
      let present = counts.count { $0 > 0 }
      for (index, count) in counts.enumerated() where count > 0 {
        result[index] = Float(Double(labels.count) / Double(present * count))
      }
    case .weights(let weights):
      for entry in weights {
        guard let index = classes.firstIndex(of: entry.label) else {
          throw Diagnostic(
            .unknownKey, "class_weight names \"\(entry.label)\", which is none of the classes",
            help: suggestion(for: entry.label, among: classes), subject: "class_weight")
        }
        result[index] = Float(entry.weight)
      }
    }
    return result
  }
}
