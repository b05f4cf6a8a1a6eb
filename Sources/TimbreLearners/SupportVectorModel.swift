import RealModule
import TimbreCore

/// K(x, y) of the RBF kernel, or without a gamma of the linear one.
func kernelValue(_ x: Span<Float>, _ y: Span<Float>, gamma: Double?) -> Double {
  guard let gamma else { return dot(x, y) }
  return Double.exp(-gamma * squaredDistance(x, y))
}

/// What support vector machines learnt: weights of the linear kernel, support vectors of the RBF kernel.
public struct SupportVectorModel: TrainedModel, RowModel {
  public let history: [TrainingRecord] = []
  public let tensors: [Tensor]
  let columns: Int
  let classes: Int
  let present: [Int]
  private let machines: Machines
  /// One a pair of classes, as the sigmoids.
  private let intercepts: [Float]
  private let sigmoids: [Sigmoid]

  /// Of an RBF machine the support vectors.
  public var parts: [ModelPart]? {
    guard case .rbf(let vectors) = machines else { return nil }
    return [ModelPart(name: "support vectors", shape: [intercepts.count], parameters: vectors.rows.count)]
  }

  private enum Machines {
    /// Pairs × columns.
    case linear([Float])
    case rbf(SupportVectors)
  }

  private struct SupportVectors {
    var gamma: Double
    /// Vectors × columns, those of a class together.
    var rows: [Float]
    /// Where the vectors of each class are.
    var ranges: [Range<Int>]
    /// As libsvm has them, (present classes − 1) × vectors: for a vector of class i and the pair of i and j, row j − 1 where i < j, else
    /// row j.
    var coefficients: [Float]
  }

  init(_ tensors: [Tensor], kernel: SupportVectorKernel, columns: Int, classes: Int) throws {
    self.tensors = tensors
    self.columns = columns
    self.classes = classes
    var reader = TensorReader(tensors)
    present = try reader.takePresent(classes: classes)
    let pairs = Pairs.count(present.count)
    switch kernel {
    case .linear: machines = .linear(try reader.take("weights", shape: [pairs, columns]).values)
    case .rbf:
      let gamma = Double(try reader.take("gamma", shape: [1]).values[0])
      let rows = try reader.take("support_vectors", shape: [nil, columns])
      let counts = try reader.takeIndices(
        "support_counts", shape: [present.count], in: 0..<Tensor.largestIndex + 1)
      var ranges: [Range<Int>] = []
      for count in counts { ranges.append((ranges.last?.upperBound ?? 0)..<(ranges.last?.upperBound ?? 0) + count) }
      guard ranges.last?.upperBound == rows.shape[0] else {
        throw Diagnostic(.badModel, "the tensor \"support_counts\" counts other vectors than \"support_vectors\" holds")
      }
      let coefficients = try reader.take("dual_coefficients", shape: [present.count - 1, rows.shape[0]]).values
      machines = .rbf(SupportVectors(gamma: gamma, rows: rows.values, ranges: ranges, coefficients: coefficients))
    }
    intercepts = try reader.take("intercepts", shape: [pairs]).values
    let (a, b) = (
      try reader.take("sigmoid_a", shape: [pairs]).values, try reader.take("sigmoid_b", shape: [pairs]).values
    )
    sigmoids = zip(a, b).map { Sigmoid(a: Double($0), b: Double($1)) }
    try reader.finish()
  }

  /// One a pair of the classes that training saw, (0, 1), (0, 2), …; above 0 for the first of the pair.
  package func decisions(_ row: Span<Float>) -> [Double] {
    switch machines {
    case .linear(let weights):
      return intercepts.indices.map { pair in
        Double(intercepts[pair]) + dot(row, weights.span.extracting(pair * columns..<(pair + 1) * columns))
      }
    case .rbf(let vectors):
      let count = vectors.ranges.last?.upperBound ?? 0
      let all = vectors.rows.span
      var values: [Double] = []
      for start in stride(from: 0, to: count * columns, by: columns) {
        values.append(kernelValue(row, all.extracting(start..<start + columns), gamma: vectors.gamma))
      }
      func sum(_ own: Int, _ other: Int) -> Double {
        let first = (other < own ? other : other - 1) * count
        return vectors.ranges[own].reduce(0) { $0 + Double(vectors.coefficients[first + $1]) * values[$1] }
      }
      return zip(Pairs.all(present.count), intercepts).map { pair, intercept in
        sum(pair.0, pair.1) + sum(pair.1, pair.0) + Double(intercept)
      }
    }
  }

  func probabilities(of row: Span<Float>) -> [Double] {
    let pairs = zip(decisions(row), sigmoids).map { value, sigmoid in
      // As libsvm: none is certain.
      min(max(sigmoid.probability(value), 1e-7), 1 - 1e-7)
    }
    return coupled(pairs, classes: present.count)
  }

  /// - Parameters:
  ///   - machines: One a pair of classes.
  ///   - gamma: Of the RBF kernel; nil for the linear one.
  static func tensors(
    _ set: TrainingSet, _ machines: [SupportVectorMachine], _ sigmoids: [Sigmoid], gamma: Double?
  ) throws -> [Tensor] {
    let count = machines.count
    let pairs = Pairs.all(set.present.count)
    var tensors = [Tensor(name: "present", shape: [set.present.count], indices: set.present)]
    if let gamma {
      // Ascending rows, class by class.
      let used = Set(machines.flatMap(\.rows)).sorted { (set.labels[$0], $0) < (set.labels[$1], $1) }
      let places = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
      var coefficients = [Double](repeating: 0, count: (set.present.count - 1) * used.count)
      for (pair, machine) in zip(pairs, machines) {
        for (row, coefficient) in zip(machine.rows, machine.coefficients) {
          let other = set.labels[row] == pair.0 ? pair.1 - 1 : pair.0
          coefficients[other * used.count + (places[row] ?? 0)] = coefficient
        }
      }
      let counts = set.present.indices.map { label in used.count { set.labels[$0] == label } }
      let vectors = set.rows.selecting(used)
      tensors += [
        Tensor(name: "gamma", shape: [1], values: [Float(gamma)]),
        Tensor(name: "support_vectors", shape: [vectors.rows, vectors.columns], values: vectors.values),
        Tensor(name: "support_counts", shape: [counts.count], indices: counts),
        try Tensor(
          name: "dual_coefficients", shape: [set.present.count - 1, used.count], rounding: coefficients),
      ]
    } else {
      let weights = machines.flatMap { machine in
        var sums = [Double](repeating: 0, count: set.rows.columns)
        for (row, coefficient) in zip(machine.rows, machine.coefficients) {
          for (column, value) in set.rows.row(row).enumerated() { sums[column] += coefficient * Double(value) }
        }
        return sums
      }
      tensors.append(try Tensor(name: "weights", shape: [count, set.rows.columns], rounding: weights))
    }
    return tensors + [
      try Tensor(name: "intercepts", shape: [count], rounding: machines.map(\.intercept)),
      try Tensor(name: "sigmoid_a", shape: [count], rounding: sigmoids.map(\.a)),
      try Tensor(name: "sigmoid_b", shape: [count], rounding: sigmoids.map(\.b)),
    ]
  }
}
