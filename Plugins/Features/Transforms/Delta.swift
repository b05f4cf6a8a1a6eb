import TimbreCore
import TimbreDSP

/// How a feature changes over time.
public struct Delta: FeatureTransform {
  public enum Mode: String, ParameterValue, Sendable, Hashable, CaseIterable {
    case interp, nearest, mirror, constant, wrap
  }

  public struct Config: PluginConfig {
    public var width = 9
    public var order = 1
    public var mode = Mode.interp
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.delta", summary: "Derivative of a feature over time, smoothed by Savitzky and Golay's filter.",
    reference: "librosa.feature.delta",
    parameters: [
      .int("width", \.width, in: 3...65_535, unit: .frames, "Frames that each value is computed from; odd."),
      .int("order", \.order, in: 1...32, "Order of the derivative."),
      .choice("mode", \.mode, "What stands beyond the ends; interp repeats the derivative of the outermost window."),
    ],
    details:
      "A polynomial of degree `order` is fitted to `width` frames, and its derivative of that order taken, per frame.",
    formula: "Δ(t) = Σ_n w(n) · x(t + n),  |n| ≤ (width − 1) / 2,  w from the least-squares fit",
    example: [.init("order", 2)])

  private let config: Config
  private let weights: [Double]

  public init(_ config: Config) throws {
    guard !config.width.isMultiple(of: 2) else {
      throw Diagnostic(.invalidParameters, "width (\(config.width)) must be odd", help: "use \(config.width + 1)")
    }
    guard config.order < config.width else {
      throw Diagnostic(
        .invalidParameters, "order (\(config.order)) must be below width (\(config.width))", help: "raise width")
    }
    self.config = config
    weights = Self.weights(width: config.width, order: config.order)
  }

  public func axes(of input: FeatureAxes) -> FeatureAxes { input }

  public func transform(_ input: FeatureMatrix) throws -> FeatureMatrix {
    let (bins, frames, half) = (input.binCount, input.frameCount, config.width / 2)
    if config.mode == .interp, frames < config.width {
      throw Diagnostic(
        .shortAudio, "\(frames) frames are fewer than the width of \(config.width)",
        help: "lower width, or set mode to \"nearest\"")
    }
    var values = [Float](repeating: 0, count: input.values.count)
    var sums = [Double](repeating: 0, count: bins)
    for frame in 0..<frames {
      // The derivative of the fit has degree 0: over the first and the last window it is one number.
      let centre = config.mode == .interp ? min(max(frame, half), frames - 1 - half) : frame
      for bin in 0..<bins { sums[bin] = 0 }
      for offset in -half...half {
        guard let source = place(centre + offset, of: frames) else { continue }
        let weight = weights[offset + half]
        for bin in 0..<bins { sums[bin] += weight * Double(input.values[source * bins + bin]) }
      }
      for bin in 0..<bins { values[frame * bins + bin] = Float(sums[bin]) }
    }
    return FeatureMatrix(axes: input.axes, values: values)
  }

  /// The frame that stands at `index`; nil where it is zero.
  private func place(_ index: Int, of frames: Int) -> Int? {
    if (0..<frames).contains(index) { return index }
    func remainder(_ divisor: Int) -> Int { (index % divisor + divisor) % divisor }
    switch config.mode {
    case .interp, .nearest: return min(max(index, 0), frames - 1)
    case .constant: return nil
    case .wrap: return remainder(frames)
    case .mirror:
      guard frames > 1 else { return 0 }
      let spot = remainder(2 * (frames - 1))
      return spot < frames ? spot : 2 * (frames - 1) - spot
    }
  }

  /// The fitted polynomial's leading coefficient times order!: the orthogonal polynomial of that degree over the window, which
  /// three terms make from the two below it, divided by its square norm.
  private static func weights(width: Int, order: Int) -> [Double] {
    let half = Double(width / 2)
    let places = (0..<width).map { (Double($0) - half) / half }
    func squares(_ p: [Double]) -> Double { p.reduce(0) { $0 + $1 * $1 } }
    var below = [Double](repeating: 0, count: width)
    var current = [Double](repeating: 1, count: width)
    var factor = 1.0
    for degree in 1...order {
      let ratio = degree > 1 ? squares(current) / squares(below) : 0
      let next = (0..<width).map { places[$0] * current[$0] - ratio * below[$0] }
      (below, current) = (current, next)
      factor *= Double(degree) / half
    }
    let norm = squares(current)
    return current.map { factor * $0 / norm }
  }
}
