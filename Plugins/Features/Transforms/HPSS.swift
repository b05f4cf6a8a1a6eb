import TimbreCore
import TimbreDSP

/// What lasts or what strikes in a spectrogram.
public struct HPSS: FeatureTransform {
  public struct Config: PluginConfig {
    public var part = SeparationPart.harmonic
    public var separation = HarmonicPercussive()
    public var mask = false
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.hpss", summary: "The harmonic or the percussive part of a spectrogram, by medians.",
    reference: "librosa.decompose.hpss",
    parameters: [
      .choice("part", \.part, "Which part: what lasts in time, or what spreads over frequencies."),
      .value(
        "kernel_size", \.separation.kernelSize,
        "Frames and bins that the medians are of: one number, or [along time, along frequency]."),
      .value("power", \.separation.power, "Exponent of the masks; \"inf\" makes them 0 or 1."),
      .value(
        "margin", \.separation.margin,
        "How many times stronger than the other part something must be: one number, or [harmonic, percussive]."),
      .bool("mask", \.mask, "Whether to return the mask, 0 to 1, instead of the part."),
    ],
    details:
      "Bins and frames are those of the feature that it reads, which should be a spectrogram of magnitudes: values with negative "
      + "medians, such as decibels, are refused. Values reflect at the ends of a median however long it is; SciPy goes astray where it "
      + "is more than eight times as long as there are frames or bins.",
    formula:
      "S · H^p / (H^p + (margin · P)^p),  H, P = medians of S along time and along frequency (percussive: exchanged)",
    example: [.init("of", "feature.stft"), .init("part", "percussive"), .init("margin", 2)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func axes(of input: FeatureAxes) -> FeatureAxes {
    var axes = input
    if config.mask { axes.valueUnit = nil }
    return axes
  }

  public func transform(_ input: FeatureMatrix) throws -> FeatureMatrix {
    var values = try config.separation.mask(config.part, of: input.values, bins: input.binCount)
    if !config.mask {
      for index in values.indices { values[index] *= input.values[index] }
    }
    return FeatureMatrix(axes: axes(of: input.axes), values: values)
  }
}
