import TimbreCore
import TimbreDSP

/// A feature divided by its norm, frame by frame, bin by bin, or as a whole.
public struct Normalize: FeatureTransform {
  public struct Config: PluginConfig {
    public var norm = VectorNorm.infinity
    public var axis = NormAxis.bins
    public var threshold: Double?
    public var fill: Bool?
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.normalize", summary: "A feature divided by its norm: of each frame, of each bin, or of the whole.",
    reference: "librosa.util.normalize",
    parameters: [
      .value(
        "norm", \.norm,
        "\"inf\" (the largest magnitude), \"-inf\" (the smallest), 0 (how many are not 0), a p-norm, or null."),
      .choice(
        "axis", \.axis,
        "What a norm goes along: bins gives every frame its own (librosa's axis 0), frames every bin (axis 1), all is one (None)."
      ),
      .number(
        "threshold", \.threshold, in: .positive,
        "Norms below it are too small to divide by; null is the smallest normal number of single precision."),
      .value(
        "fill", \.fill, "What is not divided: null leaves it, false makes it 0, true gives it equal values of norm 1."),
    ],
    details: "With `norm` null the feature stays as it is. A quotient beyond single precision is an error.",
    formula: """
      y = x / (Σ |x|^norm)^(1/norm) over the bins of a frame
      """,
    example: [.init("of", "feature.melspectrogram"), .init("norm", 2)])

  private let config: Config

  public init(_ config: Config) throws {
    if config.norm == .power(0), config.fill == true {
      throw Diagnostic(
        .invalidParameters, "no equal values have the norm 0 of 1, so that fill cannot be true",
        help: "set fill to false or null, or use another norm")
    }
    self.config = config
  }

  public func axes(of input: FeatureAxes) -> FeatureAxes {
    var axes = input
    if config.norm != .none { axes.valueUnit = nil }
    return axes
  }

  public func transform(_ input: FeatureMatrix) throws -> FeatureMatrix {
    FeatureMatrix(
      axes: axes(of: input.axes),
      values: try normalised(
        input.values, bins: input.binCount, config.norm, along: config.axis,
        threshold: config.threshold ?? Double(Float.leastNormalMagnitude), fill: config.fill))
  }
}
