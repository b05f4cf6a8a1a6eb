/// The mean of some numbers, and their standard deviation as a sample: divided by their number less one.
public struct Spread: Sendable, Hashable {
  public let mean: Double
  public let deviation: Double

  /// Of no numbers both are 0, of one the deviation is.
  public init(_ values: [Double]) {
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    self.mean = mean
    let squares = values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0
  }
}
