import TimbreCore
import TimbreDSP

/// Each frame together with earlier or later ones.
public struct StackMemory: FeatureTransform {
  public struct Config: PluginConfig {
    public var nSteps = 2
    public var delay = 1
    public var mode = WidePadMode.constant
    public var constantValues = 0.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.stack_memory", summary: "Each frame together with earlier or later ones, as further bins.",
    reference: "librosa.feature.stack_memory",
    parameters: [
      .int("n_steps", \.nSteps, in: 1...4096, "How many frames stand under each other, the frame itself among them."),
      .int(
        "delay", \.delay, in: -65_536...65_536, unit: .frames,
        "Frames from one to the next; negative for later ones. Not 0."),
      .choice("mode", \.mode, "What stands beyond the ends."),
      .number(
        "constant_values", \.constantValues, in: .closed(-1e30, 1e30), "The value beyond the ends in mode constant."),
    ],
    details: """
      Bin `x` becomes `x@lag0`, `x@lag1`, … with the lag in frames. The input's bins come in blocks, one a step. Of the further \
      arguments of `numpy.pad`, which librosa passes on, `constant_values` alone has a counterpart; the others keep NumPy's defaults.
      """,
    formula: """
      out(x@lag(s · delay), t) = in(x, t − s · delay), s = 0 … n_steps − 1
      """,
    example: [.init("n_steps", 3), .init("delay", 2)])

  private let config: Config

  public init(_ config: Config) throws {
    guard config.delay != 0 else {
      throw Diagnostic(.invalidParameters, "delay must not be 0", help: "use 1 for the frame before")
    }
    self.config = config
  }

  public func axes(of input: FeatureAxes) throws -> FeatureAxes {
    guard input.bins.count <= (1 << 20) / config.nSteps else {
      throw Diagnostic(
        .invalidParameters, "n_steps (\(config.nSteps)) of \(input.bins.count) bins make too many",
        help: "lower n_steps")
    }
    var axes = input
    axes.bins = (0..<config.nSteps).flatMap { step in input.bins.map { "\($0)@lag\(step * config.delay)" } }
    axes.positions = (0..<config.nSteps).flatMap { _ in input.positions }
    return axes
  }

  public func transform(_ input: FeatureMatrix) throws -> FeatureMatrix {
    FeatureMatrix(
      axes: try axes(of: input.axes),
      values: try stackedFrames(
        input.values, bins: input.binCount, steps: config.nSteps, delay: config.delay, config.mode,
        constant: Float(config.constantValues)))
  }
}
