import RealModule
import TimbreCore
import TimbreMachine

/// A model that looks at one row at a time.
protocol RowModel: TrainedModel {
  var columns: Int { get }
  var classes: Int { get }
  /// The classes that training saw, ascending; the others have probability 0.
  var present: [Int] { get }

  /// One a class of `present`.
  func probabilities(of row: Span<Float>) -> [Double]
}

extension RowModel {
  /// - Throws: A `Diagnostic` for rows of another shape and for numbers that are not finite.
  public func probabilities(_ rows: Rows, jobs: Int) throws -> Matrix {
    try rows.check(for: .vector(columns: columns))
    let rows = rows.matrix
    let block = 32
    let blocks = try Workers(jobs).map((rows.rows + block - 1) / block) { index in
      let range = index * block..<min(rows.rows, (index + 1) * block)
      var values = [Float](repeating: 0, count: range.count * classes)
      let all = rows.values.span
      for row in range {
        let result = probabilities(of: all.extracting(row * columns..<(row + 1) * columns))
        for (label, value) in zip(present, result) { values[(row - range.lowerBound) * classes + label] = Float(value) }
      }
      return values
    }
    return Matrix(rows: rows.rows, columns: classes, values: Array(blocks.joined()))
  }
}

/// e^x, to the sum 1.
func softmax(_ values: [Double]) -> [Double] {
  let largest = values.max() ?? 0
  let powers = values.map { Double.exp($0 - largest) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}

/// ln(1 / (1 + e^−x)), for any x.
func logSigmoid(_ x: Double) -> Double { min(x, 0) - Double.log(onePlus: Double.exp(-abs(x))) }

extension TensorReader {
  /// The classes that training saw.
  mutating func takePresent(classes: Int) throws -> [Int] {
    let present = try takeIndices("present", shape: [nil], in: 0..<classes)
    guard present.count > 1, zip(present, present.dropFirst()).allSatisfy(<) else {
      throw Diagnostic(.badModel, "the tensor \"present\" does not name two or more classes in order")
    }
    return present
  }
}
