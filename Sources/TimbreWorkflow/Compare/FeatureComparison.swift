import RealModule
import TimbreCore
import TimbreReport

/// Two features of the same signal, bin by bin.
public struct FeatureComparison: Sendable {
  public struct Bin: Sendable {
    public var name: String
    public var meanError: Double
    public var largestError: Double
    /// Pearson's correlation over frames; nil where one of them does not change.
    public var correlation: Double?
  }

  public let first: FeatureMatrix
  public let second: FeatureMatrix
  /// The bins that both have by name, over the frames that both have.
  public let bins: [Bin]
  /// Second less first, over what both have; nil where they share no bin, or their frames lie at other times.
  public let difference: FeatureMatrix?

  public init(_ first: FeatureMatrix, _ second: FeatureMatrix) {
    self.first = first
    self.second = second
    let frames = min(first.frameCount, second.frameCount)
    let common = first.axes.bins.enumerated().compactMap { index, name in
      second.axes.bins.firstIndex(of: name).map { (name: name, first: index, second: $0) }
    }
    guard !common.isEmpty, frames > 0, (first.axes.hop - second.axes.hop).magnitude < 1e-9 * max(1, first.axes.hop)
    else {
      bins = []
      difference = nil
      return
    }
    bins = common.map { name, a, b in
      var (sum, largest) = (0.0, 0.0)
      var (sumA, sumB, squareA, squareB, product) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for frame in 0..<frames {
        let (x, y) = (Double(first[bin: a, frame: frame]), Double(second[bin: b, frame: frame]))
        let error = (y - x).magnitude
        sum += error
        largest = max(largest, error)
        sumA += x
        sumB += y
        squareA += x * x
        squareB += y * y
        product += x * y
      }
      let n = Double(frames)
      let (varianceA, varianceB) = (squareA - sumA * sumA / n, squareB - sumB * sumB / n)
      let scale = (varianceA * varianceB).squareRoot()
      let isSteady = varianceA <= 1e-12 * squareA || varianceB <= 1e-12 * squareB || !(scale > 0)
      return Bin(
        name: name, meanError: sum / n, largestError: largest,
        correlation: isSteady ? nil : max(-1, min(1, (product - sumA * sumB / n) / scale)))
    }
    var axes = first.axes
    axes.bins = common.map(\.name)
    if !axes.positions.isEmpty { axes.positions = common.map { first.axes.positions[$0.first] } }
    let values = (0..<frames).flatMap { frame in
      common.map { second[bin: $0.second, frame: frame] - first[bin: $0.first, frame: frame] }
    }
    difference = FeatureMatrix(axes: axes, values: values)
  }

  static func shape(_ feature: FeatureMatrix) -> String { "\(feature.binCount) × \(feature.frameCount)" }

  public func text(names: (String, String), milliseconds: (Double, Double)) -> String {
    var text = TextTable.text([
      ["feature", "bins × frames", "ms"], [names.0, Self.shape(first), Numbers.fixed(milliseconds.0, 2)],
      [names.1, Self.shape(second), Numbers.fixed(milliseconds.1, 2)],
    ])
    guard difference != nil else { return text + "\nno bin and frame in common: nothing to subtract\n" }
    text +=
      "\n"
      + TextTable.text(
        [["bin", "mean error", "largest error", "correlation"]]
          + bins.map { bin in
            [
              bin.name, Numbers.short(bin.meanError), Numbers.short(bin.largestError),
              bin.correlation.map { Numbers.fixed($0, 4) } ?? "–",
            ]
          })
    return text
  }

  public func json(names: (String, String), milliseconds: (Double, Double)) -> JSONValue {
    func side(_ name: String, _ feature: FeatureMatrix, _ time: Double) -> JSONValue {
      [
        "feature": .string(name), "bins": .int(feature.binCount), "frames": .int(feature.frameCount),
        "ms": .number(time),
      ]
    }
    return [
      "first": side(names.0, first, milliseconds.0), "second": side(names.1, second, milliseconds.1),
      "bins": .array(
        bins.map { bin in
          [
            "name": .string(bin.name), "mean_error": .number(bin.meanError), "largest_error": .number(bin.largestError),
            "correlation": bin.correlation.json,
          ]
        }),
    ]
  }

  /// Pictures of both and of the difference: `first.png`, `second.png`, `difference.png`.
  /// - Throws: An `.unwritableFile` diagnostic.
  public func writePictures(to folder: String, names: (String, String)) throws {
    try FileSystem.makeFolder(folder)
    try AtomicFile.write(HeatMap.png(first, options: .init(title: names.0)), to: folder + "/first.png")
    try AtomicFile.write(HeatMap.png(second, options: .init(title: names.1)), to: folder + "/second.png")
    if let difference {
      let title = "\(names.1) less \(names.0)"
      try AtomicFile.write(HeatMap.png(difference, options: .init(title: title)), to: folder + "/difference.png")
    }
  }
}
