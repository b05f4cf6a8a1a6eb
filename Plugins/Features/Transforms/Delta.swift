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
    public var polyorder: Int?
    public var cval = 0.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.delta", summary: "Derivative of a feature over time, smoothed by Savitzky and Golay's filter.",
    reference: "librosa.feature.delta",
    parameters: [
      .int("width", \.width, in: 3...65_535, unit: .frames, "Frames that each value is computed from; odd."),
      .int("order", \.order, in: 1...32, "Order of the derivative."),
      .choice(
        "mode", \.mode, "What stands beyond the ends; interp goes on with the polynomial of the outermost window."),
      .int("polyorder", \.polyorder, in: 0...32, "Degree of the fitted polynomial, below `width`; null is `order`."),
      .number("cval", \.cval, in: .closed(-1e30, 1e30), "The value beyond the ends in mode constant."),
    ],
    details: """
      A polynomial of degree `polyorder` is fitted to `width` frames, and its derivative of order `order` taken, per frame. \
      `polyorder` and `cval` are what librosa passes on to `scipy.signal.savgol_filter`.
      """,
    formula: """
      p = the polynomial closest to x(t − width/2) … x(t + width/2)
      y(t) = the derivative of order `order` of p at t
      """,
    example: [.init("width", 5), .init("order", 2)])

  private let config: Config
  private let filter: SavitzkyGolay

  public init(_ config: Config) throws {
    guard !config.width.isMultiple(of: 2) else {
      throw Diagnostic(.invalidParameters, "width (\(config.width)) must be odd", help: "use \(config.width + 1)")
    }
    guard config.order < config.width else {
      throw Diagnostic(
        .invalidParameters, "order (\(config.order)) must be below width (\(config.width))", help: "raise width")
    }
    let degree = config.polyorder ?? config.order
    guard degree < config.width else {
      throw Diagnostic(
        .invalidParameters, "polyorder (\(degree)) must be below width (\(config.width))", help: "raise width")
    }
    self.config = config
    filter = SavitzkyGolay(width: config.width, degree: degree, derivative: config.order)
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
      // A constant derivative is one number over the first and over the last window.
      let centre = config.mode == .interp ? min(max(frame, half), frames - 1 - half) : frame
      for bin in 0..<bins { sums[bin] = 0 }
      unsafe input.values.withUnsafeBufferPointer { values in
        for (index, weight) in filter.weights.enumerated() {
          guard let source = place(centre + index - half, of: frames) else {
            for bin in 0..<bins { sums[bin] += weight * config.cval }
            continue
          }
          for bin in 0..<bins { unsafe sums[bin] += weight * Double(values[source * bins + bin]) }
        }
      }
      for bin in 0..<bins { values[frame * bins + bin] = Float(sums[bin]) }
    }
    if config.mode == .interp, !filter.isConstant { fitEnds(of: input, into: &values) }
    return FeatureMatrix(axes: input.axes, values: values)
  }

  /// Less than half a window from either end, the polynomial of the outermost window goes on.
  private func fitEnds(of input: FeatureMatrix, into values: inout [Float]) {
    let (bins, half) = (input.binCount, config.width / 2)
    let first = filter.fit(input.values.prefix(config.width * bins), columns: bins)
    let last = filter.fit(input.values.suffix(config.width * bins), columns: bins)
    for distance in 0..<half {
      let (start, end) = (distance * bins, (input.frameCount - 1 - distance) * bins)
      values.replaceSubrange(start..<start + bins, with: first(distance - half).map(Float.init))
      values.replaceSubrange(end..<end + bins, with: last(half - distance).map(Float.init))
    }
  }

  /// The frame that stands at `index`; nil where it is `cval`.
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
}
