import TimbreCore
import TimbreDSP

/// Each frame replaced by what its nearest neighbours have in common.
public struct NNFilter: FeatureTransform {
  public enum Axis: String, ParameterValue, Sendable, Hashable, CaseIterable { case frames, bins }

  public struct Config: PluginConfig {
    public var recurrence = RecurrenceParameters()
    public var aggregate = NeighbourAggregate.mean
    public var axis = Axis.frames
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.nn_filter",
    summary: "Each frame replaced by the mean of the frames most like it, which takes away what does not recur.",
    reference: "librosa.decompose.nn_filter",
    parameters: [
      .choice("aggregate", \.aggregate, "How the neighbours become one; average is the mean weighted by `mode`."),
      .choice("axis", \.axis, "What is compared and replaced: frames (librosa's axis −1) or bins (axis 0)."),
      .int("k", \.recurrence.k, in: 1...65_536, "Number of neighbours; null is 2 · ⌈√(frames − 2 · width + 1)⌉."),
      .int(
        "width", \.recurrence.width, in: 1...65_536, unit: .frames,
        "Frames nearer in time than this are no neighbours; below half the frames."),
      .choice("metric", \.recurrence.metric, "How far apart two frames are."),
      .bool("sym", \.recurrence.sym, "Whether only mutual neighbours count."),
      .choice(
        "mode", \.recurrence.mode,
        "What a neighbour weighs: 1, its distance, or its affinity exp(−distance / bandwidth)."),
      .value(
        "bandwidth", \.recurrence.bandwidth,
        "Of affinities: a number, or librosa's estimate by name; null is \"med_k_scalar\"."),
      .bool("self", \.recurrence.includesSelf, "Whether each frame is its own neighbour as well."),
      .bool("full", \.recurrence.full, "Whether neighbours beyond `k` and within `width` are kept."),
    ],
    details: """
      librosa looks for k + 2 · width neighbours, leaves out those within `width`, and keeps `k`: with `mode` connectivity the first \
      in time, not the nearest, and so does this. Equal frames have a distance of 0, which librosa does not count as a link unless \
      `mode` is connectivity. Frames without neighbours stay as they are. librosa's `rec`, a recurrence matrix of the caller's own, \
      has no counterpart.
      """,
    formula: """
      y(t) = mean of x(u) over the k frames u nearest to frame t
      """,
    example: [.init("of", "feature.chroma_stft"), .init("aggregate", "median"), .init("metric", "cosine")])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func axes(of input: FeatureAxes) -> FeatureAxes { input }

  public func transform(_ input: FeatureMatrix) throws -> FeatureMatrix {
    let isTurned = config.axis == .bins
    let points = isTurned ? input.binsByFrames : input.values
    let dimensions = isTurned ? input.frameCount : input.binCount
    let recurrence = try Recurrence(of: points, dimensions: dimensions, config.recurrence)
    var values = try recurrence.filtered(points, dimensions: dimensions, config.aggregate)
    if isTurned {
      let turned = values
      for bin in 0..<input.binCount {
        for frame in 0..<input.frameCount {
          values[frame * input.binCount + bin] = turned[bin * input.frameCount + frame]
        }
      }
    }
    return FeatureMatrix(axes: input.axes, values: values)
  }
}
