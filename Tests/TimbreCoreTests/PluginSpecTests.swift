import Testing
import TimbreCore

@Suite struct PluginSpecTests {
  private let defaults: JSONValue = [
    "count": 13, "limit": nil, "power": 2, "top": nil, "center": true, "title": "x", "note": nil, "window": "hann",
    "windows": ["hann"], "shapes": [["type": "circle", "radius": 1.5]],
  ]

  @Test func theConfigHoldsTheDefaults() {
    #expect(JSONValue.object(Example.spec.members(of: Example.Config())) == defaults)
    for parameter in Example.spec.description.parameters {
      #expect(parameter.defaultValue == defaults[parameter.name])
      #expect(!parameter.isRequired)
    }
  }

  @Test func membersAreWrittenOverTheDefaults() throws {
    let members: JSONValue = [
      "count": 20.0, "limit": 3, "power": 1, "top": 80, "center": false, "title": "y", "note": "z", "window": "hamming",
      "windows": ["hamming", "hann"], "shapes": ["square", ["type": "circle", "radius": 9.5]],
    ]
    let config = try Example.spec.config(from: members.members ?? [])
    #expect(config.count == 20 && config.limit == 3 && config.power == 1 && config.top == 80 && !config.center)
    #expect(config.title == "y" && config.note == "z" && config.window == .hamming)
    #expect(config.windows == [.hamming, .hann])
    #expect(config.shapes == [.square(Square()), .circle(Circle(radius: 9.5))])
    let written = Example.spec.members(of: config)
    #expect(Example.spec.members(of: try Example.spec.config(from: written)) == written)
  }

  @Test func theFirstFindingIsThrown() {
    let error = #expect(throws: Diagnostic.self) {
      try Example.spec.config(from: [.init("count", 129), .init("powr", 1)])
    }
    #expect(error?.kind == .outOfRange && error?.subject == "count")
    let findings = Example.spec.description.findings(in: [.init("count", 129), .init("powr", 1), .init("use", "x")])
    #expect(findings.map(\.kind) == [.outOfRange, .unknownKey])
    #expect(findings.last?.help == "did you mean \"power\"?")
    #expect(findings.last?.message == "unknown parameter \"powr\" of feature.example")
  }

  @Test func requiredParametersHaveNoDefault() {
    struct Config: PluginConfig { var path = "" }
    let spec = PluginSpec<Config>("dataset.x", summary: "X.", parameters: [.path("path", \.path, "A folder.")])
    #expect(spec.description.parameters[0].isRequired)
    let error = #expect(throws: Diagnostic.self) { try spec.config(from: []) }
    #expect(error?.kind == .missingKey && error?.message == "missing parameter \"path\" of dataset.x")
  }

  @Test func idsHaveAKindAndAName() {
    #expect(Example.spec.description.kind == .feature && Example.spec.description.name == "example")
  }

  @Test func variantsRoundTrip() throws {
    for shape in [Shape.circle(Circle(radius: 0.25)), .square(Square(side: 7))] {
      #expect(Shape(json: shape.json) == shape)
      #expect(Shape.parameterType.findings(in: shape.json).isEmpty)
    }
    #expect(Shape(json: "square") == .square(Square()))
    for wrong in ["cube", ["side": 1], ["type": "square", "radius": 1], 1, nil] as [JSONValue] {
      #expect(Shape(json: wrong) == nil)
    }
  }

  @Test func theRegistryResolvesAndMakes() throws {
    var registry = Registry()
    registry.register(Example.self)
    let entry = try #require(registry.features["feature.example"])
    #expect(try entry.resolve([.init("use", "feature.example"), .init("count", 5)]).first?.value == 5)
    guard case .extractor(let made) = try entry.make([.init("use", "feature.example"), .init("count", 5)]) else {
      Issue.record("a feature that reads the signal is an extractor")
      return
    }
    #expect(try made.axes(sampleRate: 8_000).bins.count == 5)
    #expect(registry.descriptions.map(\.id) == ["feature.example"] && registry.transforms.isEmpty)
  }

  @Test func theAnalysisComputesOnce() {
    struct Key: Hashable { var size: Int }
    let analysis = Analysis(of: Signal(samples: [1], sampleRate: 8_000))
    for size in [1, 2, 1, 2] { #expect(analysis.shared(Key(size: size)) { size * 10 } == size * 10) }
    #expect(analysis.computations == ["Key": 2])
  }
}
