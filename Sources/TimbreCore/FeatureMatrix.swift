/// What the rows and columns of a feature mean.
public struct FeatureAxes: Sendable, Hashable {
  /// One name a bin, unique within the feature.
  public var bins: [String]
  /// Where each bin lies (a centre frequency, a lag), in `positionUnit`; empty where bins have no place.
  public var positions: [Double]
  public var positionUnit: Unit?
  /// What the values are counted in; nil for plain numbers.
  public var valueUnit: Unit?
  /// Seconds from one frame to the next.
  public var hop: Double
  /// Seconds at which the first frame is centred.
  public var start: Double

  public init(
    bins: [String], positions: [Double] = [], positionUnit: Unit? = nil, valueUnit: Unit? = nil, hop: Double,
    start: Double = 0
  ) {
    self.bins = bins
    self.positions = positions
    self.positionUnit = positionUnit
    self.valueUnit = valueUnit
    self.hop = hop
    self.start = start
  }

  public func time(ofFrame frame: Int) -> Double { start + hop * Double(frame) }
}

/// A feature of one signal: bins × frames.
///
/// Frames lie one after the other in memory (`values[frame * binCount + bin]`), because analysis makes them so; files carry
/// librosa's order, bins × frames.
public struct FeatureMatrix: Sendable, Hashable {
  public var axes: FeatureAxes
  public var values: [Float]
  public let binCount: Int
  public let frameCount: Int

  public init(axes: FeatureAxes, values: [Float]) {
    precondition(!axes.bins.isEmpty && values.count.isMultiple(of: axes.bins.count), "whole frames only")
    self.axes = axes
    self.values = values
    binCount = axes.bins.count
    frameCount = values.count / axes.bins.count
  }

  public subscript(bin bin: Int, frame frame: Int) -> Float { values[frame * binCount + bin] }

  /// What every reader of a feature may rely on. Hosts ask before they show a feature or turn it back into sound.
  public func requireFinite() throws {
    // As `Signal.firstNonFinite` does: the bits of infinity and NaN are the largest.
    var largest: Int32 = 0
    for value in values { largest = max(largest, Int32(truncatingIfNeeded: value.bitPattern & 0x7FFF_FFFF)) }
    guard largest >= 0x7F80_0000, let index = values.firstIndex(where: { !$0.isFinite }) else { return }
    throw Diagnostic(
      .notFinite,
      "the value of \(axes.bins[index % binCount]) in frame \(index / binCount) leaves the range of single precision",
      help: "scale the audio to within ±1, or use less extreme parameters")
  }

  /// Row-major bins × frames, as librosa returns it.
  public var binsByFrames: [Float] {
    var turned = [Float](repeating: 0, count: values.count)
    for frame in 0..<frameCount {
      for bin in 0..<binCount { turned[bin * frameCount + frame] = values[frame * binCount + bin] }
    }
    return turned
  }
}

/// A plain matrix, row-major: the rows of a dataset, or probabilities.
public struct Matrix: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  public var values: [Float]

  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns, "a matrix of \(rows) × \(columns) needs as many values")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, values: [Float](repeating: 0, count: rows * columns))
  }

  public subscript(row: Int, column: Int) -> Float {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  public func row(_ index: Int) -> ArraySlice<Float> { values[index * columns..<(index + 1) * columns] }

  /// The given rows in the given order.
  public func selecting(_ indices: [Int]) -> Matrix {
    var picked: [Float] = []
    picked.reserveCapacity(indices.count * columns)
    for index in indices { picked += row(index) }
    return Matrix(rows: indices.count, columns: columns, values: picked)
  }
}

/// A named array of a trained model, row-major.
public struct Tensor: Sendable, Hashable {
  public var name: String
  public var shape: [Int]
  public var values: [Float]

  public init(name: String, shape: [Int], values: [Float]) {
    self.name = name
    self.shape = shape
    self.values = values
  }
}
