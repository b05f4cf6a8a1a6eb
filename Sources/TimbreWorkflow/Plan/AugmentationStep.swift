import TimbreCore

/// One step of a view: an augmenter, how likely it is, and parameters of which some may be drawn anew for each clip.
public struct AugmentationStep: Sendable {
  public let id: String
  /// Stands before what the step draws in `clips.csv`; nil for nothing, where there is no chain.
  public var label: String?
  /// The feature nodes that it changes; empty where it changes the signal.
  public let nodes: [String]
  /// Whether it changes features instead of the signal.
  public let isForFeatures: Bool
  private let probability: Double
  private let members: [JSONValue.Member]
  private let drawn: [Int: DrawnValue]
  private let make: @Sendable ([JSONValue.Member]) throws -> Registry.Augmentation
  /// Made once where nothing about it is drawn.
  private let fixed: Registry.Augmentation?

  /// What a step takes besides its augmenter's parameters.
  static let probability = ParameterDescription(
    name: "probability", type: .number(.closed(0, 1)), unit: nil,
    summary: "How likely the step is done, drawn for each clip.", defaultValue: 1)

  /// What an augmenter's node takes besides its parameters.
  static func nodeParameters(changesFeatures: Bool) -> [ParameterDescription] {
    let nodes = ParameterDescription(
      name: "of", type: .oneOf([.string, .list(of: .string, count: 1...1_000)]), unit: nil,
      summary: "The feature node that it changes, or a list of them, each of which draws for itself.", defaultValue: nil
    )
    return (changesFeatures ? [nodes] : []) + [probability]
  }

  /// An augmenter's parameters as a node takes them: each may be a range or a choice.
  static func drawable(_ parameters: [ParameterDescription]) -> [ParameterDescription] {
    parameters.map { parameter in
      var drawable = parameter
      drawable.type = parameter.type.orDrawn
      return drawable
    }
  }

  /// - Parameter json: The step as a workflow has it, its form already checked, its paths absolute.
  /// - Throws: A diagnostic where the plugin refuses one of the values that may be drawn.
  init(id: String, json: JSONValue, entry: Registry.Entry<Registry.Augmentation>) throws {
    self.id = id
    label = entry.description.name
    probability = json["probability"]?.doubleValue ?? 1
    nodes = json["of"]?.stringValue.map { [$0] } ?? json["of"]?.arrayValue?.compactMap(\.stringValue) ?? []
    // In the plugin's order, so that the resolved file draws what the original drew.
    members = entry.description.parameters.compactMap { parameter in
      (json.members ?? []).first { $0.key == parameter.name }
    }
    make = entry.make
    let drawn = Self.drawn(members, entry)
    let backwards = members.indices.first { drawn[$0]?.isEmpty == true }
    if let backwards {
      throw Diagnostic(
        .invalidParameters, "the range of \(members[backwards].key) ends before it begins",
        help: "write the lower value first")
    }
    self.drawn = drawn
    let first = try make(Self.plain(members, drawn) { $0.extremes[0] })
    // In order, so that of several refusals the same one is always told.
    for index in members.indices {
      for extreme in drawn[index]?.extremes.dropFirst() ?? [] {
        var trial = Self.plain(members, drawn) { $0.extremes[0] }
        trial[index].value = extreme
        _ = try make(trial)
      }
    }
    fixed = drawn.isEmpty ? first : nil
    if case .feature = first { isForFeatures = true } else { isForFeatures = false }
  }

  /// Which of the members are drawn, by their index.
  private static func drawn(
    _ members: [JSONValue.Member], _ entry: Registry.Entry<Registry.Augmentation>
  ) -> [Int: DrawnValue] {
    var drawn: [Int: DrawnValue] = [:]
    for (index, member) in members.enumerated() {
      guard let parameter = entry.description.parameters.first(where: { $0.name == member.key }),
        !parameter.type.findings(in: member.value).isEmpty
      else { continue }
      drawn[index] = DrawnValue(json: member.value, type: parameter.type)
    }
    return drawn
  }

  private static func plain(
    _ members: [JSONValue.Member], _ drawn: [Int: DrawnValue], _ value: (DrawnValue) -> JSONValue
  ) -> [JSONValue.Member] {
    members.enumerated().map { index, member in
      drawn[index].map { JSONValue.Member(member.key, value($0)) } ?? member
    }
  }

  /// The members of a step with every default written out; what is drawn stays a range.
  static func resolved(
    _ members: [JSONValue.Member], entry: Registry.Entry<Registry.Augmentation>
  ) -> [JSONValue.Member] {
    let given = members.filter { $0.key != "probability" }
    let plain = Self.plain(given, drawn(given, entry)) { $0.extremes[0] }
    let all = (try? entry.resolve(plain)) ?? given
    let resolved = all.map { member in given.first { $0.key == member.key && $0 != member } ?? member }
    let probability = members.first { $0.key == "probability" }?.value ?? 1
    return [JSONValue.Member("probability", probability)] + resolved
  }

  /// The augmenter for one clip; nil where the step is left out this time. Parameters are drawn in the plugin's order.
  func augmentation(drawing draws: inout Draws) throws -> Registry.Augmentation? {
    draws.prefix = label.map { $0 + "." } ?? ""
    if probability < 1 {
      let isApplied = draws.random.uniform() < probability
      draws.note(.int(isApplied ? 1 : 0), as: "applied")
      if !isApplied { return nil }
    }
    if let fixed { return fixed }
    var plain = members
    for index in plain.indices {
      guard let value = drawn[index]?.draw(from: &draws.random) else { continue }
      plain[index].value = value
      draws.note(value, as: plain[index].key)
    }
    return try make(plain)
  }

  /// The signal after the step.
  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    guard case .signal(let augmenter) = try augmentation(drawing: &draws) else { return signal }
    return try augmenter.checkedApply(to: signal, drawing: &draws)
  }

  /// A feature after the step.
  public func apply(to feature: FeatureMatrix, drawing draws: inout Draws) throws -> FeatureMatrix {
    guard case .feature(let augmenter) = try augmentation(drawing: &draws) else { return feature }
    return try augmenter.apply(to: feature, drawing: &draws)
  }
}
