import TimbreCore
import TimbreDSP

/// Onset strength in several ranges of mel bands.
public struct OnsetStrengthMulti: FeatureExtractor {
  public enum Aggregate: String, ParameterValue, Sendable, Hashable, CaseIterable { case mean, median, max, min, none }

  public struct Config: PluginConfig, OnsetConfig {
    public var onset = OnsetParameters()
    public var channels: [Int]?
    public var aggregate = Aggregate.mean
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.onset_strength_multi", summary: "Onset strength in several ranges of mel bands.",
    reference: "librosa.onset.onset_strength_multi",
    parameters: [
      .value(
        "channels", \.channels,
        "Edges of the ranges as numbers of mel bands, e.g. [0, 32, 64, 96, 128]; null is one range."),
      .choice(
        "aggregate", \.aggregate,
        "How the rises of a range become one number; none keeps every band, whatever `channels` says."),
    ] + Parameter.onset,
    details: """
      A range goes from one edge up to the next, without it. Edges are sorted, and equal ones count once, as in librosa; librosa \
      drops an edge beyond n_mels in silence, which is an error here. A bin's position is the mean of its bands' centres.
      """,
    formula: """
      S = 10 · log₁₀(mel spectrogram)
      onset(i, t) = mean over f in [channels(i), channels(i + 1)) of max(0, S(f, t) − S(f, t − lag))
      """,
    example: [.init("channels", [0, 32, 64, 96, 128])])

  private let config: Config
  private let bands: [Range<Int>]

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
    let count = config.mel.bank.nMels
    guard config.aggregate != .none else {
      bands = (0..<count).map { $0..<$0 + 1 }
      return
    }
    let edges = Set(config.channels ?? [0, count]).sorted()
    if let wrong = edges.first(where: { !(0...count).contains($0) }) {
      throw Diagnostic(
        .invalidParameters, "channels has the edge \(wrong), but bands go from 0 to n_mels = \(count)",
        help: "take it out, or raise n_mels")
    }
    guard edges.count > 1 else {
      throw Diagnostic(.invalidParameters, "channels needs at least two different edges", help: "use [0, \(count)]")
    }
    bands = zip(edges, edges.dropFirst()).map { $0..<$1 }
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    let centres = Array(try config.mel.bank.corners(sampleRate: sampleRate).dropFirst().dropLast())
    return FeatureAxes(
      bins: bands.indices.map { "onset_\($0)" },
      positions: bands.map { centres[$0].reduce(0, +) / Double($0.count) }, positionUnit: .hertz,
      valueUnit: .decibels, hop: config.stft.hop(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let aggregate = Aggregation(rawValue: config.aggregate.rawValue) ?? .mean
    return FeatureMatrix(
      axes: try axes(sampleRate: analysis.signal.sampleRate),
      values: try analysis.onsetStrength(config.onset, bands: bands, aggregate: aggregate))
  }
}
