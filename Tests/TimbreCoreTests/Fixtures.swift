import TimbreCore

struct Circle: PluginConfig, Equatable {
  var radius = 1.5
  static let parameters: [Parameter<Circle>] = [.number("radius", \.radius, in: .positive, "Distance from the centre.")]
}

struct Square: PluginConfig, Equatable {
  var side = 1
  static let parameters: [Parameter<Square>] = [.int("side", \.side, in: 1...Int.max, "Length of a side.")]
}

enum Shape: VariantValue, Equatable {
  case circle(Circle)
  case square(Square)

  static let variants: [Variant<Shape>] = [
    Variant("circle", "A circle.", Circle.parameters, wrap: Shape.circle) {
      if case .circle(let c) = $0 { c } else { nil }
    },
    Variant("square", "A square.", Square.parameters, wrap: Shape.square) {
      if case .square(let c) = $0 { c } else { nil }
    },
  ]
}

enum Window: String, ParameterValue, CaseIterable {
  case hann, hamming
}

/// A feature with a parameter of every kind.
struct Example: FeatureExtractor {
  struct Config: PluginConfig {
    var count = 13
    var limit: Int?
    var power = 2.0
    var top: Double?
    var center = true
    var title = "x"
    var note: String?
    var window = Window.hann
    var windows: [Window] = [.hann]
    var shapes: [Shape] = [.circle(Circle())]
  }

  static let spec = PluginSpec<Config>(
    "feature.example", summary: "An example.", reference: "nothing",
    parameters: [
      .int("count", \.count, in: 1...128, "How many."),
      .int("limit", \.limit, in: 0...9, "At most how many, or null."),
      .number("power", \.power, in: .positive, "Exponent."),
      .number("top", \.top, in: .nonNegative, unit: .decibels, "Range, or null."),
      .bool("center", \.center, "Whether frames are centred."),
      .string("title", \.title, "What it is called."),
      .string("note", \.note, "A remark, or null."),
      .choice("window", \.window, "The window."),
      .choices("windows", \.windows, "More windows."),
      .value("shapes", \.shapes, "Some shapes."),
    ])

  let config: Config
  init(_ config: Config) { self.config = config }

  func axes(sampleRate: Int) -> FeatureAxes {
    FeatureAxes(bins: (0..<config.count).map { "b\($0)" }, hop: 1 / Double(sampleRate))
  }

  func extract(from analysis: Analysis) -> FeatureMatrix {
    FeatureMatrix(
      axes: axes(sampleRate: analysis.signal.sampleRate), values: [Float](repeating: 0.5, count: config.count))
  }
}
