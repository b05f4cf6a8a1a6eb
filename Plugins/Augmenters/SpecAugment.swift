import TimbreCore

/// Masks bands of bins and stretches of frames of a feature.
public struct SpecAugment: FeatureAugmenter {
  /// What stands where a mask lies.
  public enum Fill: String, CaseIterable, Sendable, Hashable, ParameterValue {
    case zero, mean
  }

  public struct Config: PluginConfig {
    public var freqMasks = 2
    public var freqMaskParam = 15
    public var timeMasks = 2
    public var timeMaskParam = 70
    public var p = 0.2
    public var fill = Fill.zero
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.spec_augment", summary: "Bands of bins and stretches of frames masked in a spectrogram-like feature.",
    reference: "SpecAugment (Park et al., Interspeech 2019)",
    parameters: [
      .int("freq_masks", \.freqMasks, in: 0...32, "Masks over bins: m_F of the paper."),
      .int("freq_mask_param", \.freqMaskParam, in: 0...65_536, unit: .bins, "Widest mask over bins: F of the paper."),
      .int("time_masks", \.timeMasks, in: 0...32, "Masks over frames: m_T of the paper."),
      .int("time_mask_param", \.timeMaskParam, in: 0...1_000_000, unit: .frames, "Longest mask over frames: T."),
      .number("p", \.p, in: .closed(0, 1), "Longest mask over frames, as a share of the frames."),
      .choice("fill", \.fill, "Zero, or the mean of all values before masking."),
    ],
    details: """
      Each mask draws its width from 0 to the largest that the parameters and the feature allow, and then its start, all equally \
      likely; masks may overlap. Both go on record, such as `freq_mask_1_width` and `freq_mask_1_start`, bins and frames counted from 0. \
      The defaults are the paper's policy SM. Time is not warped. Zero suits features that are normalised \
      to a mean of zero; for decibels take the mean.
      """,
    formula: """
      f ∈ 0 … min(F, ν), f₀ ∈ 0 … ν − f, bins f₀ ≤ b < f₀ + f masked
      t ∈ 0 … min(T, ⌊p · τ⌋), t₀ ∈ 0 … τ − t, frames t₀ ≤ i < t₀ + t masked
      """,
    example: [.init("fill", "mean"), .init("time_mask_param", 20)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to feature: FeatureMatrix, drawing draws: inout Draws) -> FeatureMatrix {
    let (bins, frames) = (feature.binCount, feature.frameCount)
    let fill: Float =
      switch config.fill {
      case .zero: 0
      case .mean: Float(feature.values.reduce(0) { $0 + Double($1) } / Double(max(1, feature.values.count)))
      }
    var result = feature
    for mask in 0..<config.freqMasks {
      let band = Self.draw("freq_mask_\(mask + 1)", atMost: min(config.freqMaskParam, bins), of: bins, from: &draws)
      for frame in 0..<frames { for bin in band { result.values[frame * bins + bin] = fill } }
    }
    let longest = min(config.timeMaskParam, Int(config.p * Double(frames)))
    for mask in 0..<config.timeMasks {
      let stretch = Self.draw("time_mask_\(mask + 1)", atMost: longest, of: frames, from: &draws)
      for index in stretch.lowerBound * bins..<stretch.upperBound * bins { result.values[index] = fill }
    }
    return result
  }

  private static func draw(
    _ name: String, atMost widest: Int, of count: Int, from draws: inout Draws
  ) -> Range<Int> {
    let width = draws.index(below: widest + 1, as: name + "_width")
    let start = draws.index(below: count - width + 1, as: name + "_start")
    return start..<start + width
  }
}
