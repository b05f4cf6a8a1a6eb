import TimbreCore
import TimbreMachine

/// How alike a support vector machine finds two rows.
public enum SupportVectorKernel: String, ParameterValue, CaseIterable {
  /// Σ xᵢ yᵢ.
  case linear
  /// e^(−gamma · Σ (xᵢ − yᵢ)²).
  case rbf
}

/// How narrow the RBF kernel is.
public enum KernelWidth: ParameterValue, Hashable {
  /// 1 / (columns · variance of all numbers).
  case scale
  /// 1 / columns.
  case auto
  case value(Double)

  public static let parameterType = ParameterType.oneOf([.choice(["scale", "auto"]), .number(NumberRange(1e-12, 1e6))])

  public init?(json: JSONValue) {
    switch json {
    case .string("scale"): self = .scale
    case .string("auto"): self = .auto
    default:
      guard let value = json.doubleValue else { return nil }
      self = .value(value)
    }
  }

  public var json: JSONValue {
    switch self {
    case .scale: "scale"
    case .auto: "auto"
    case .value(let value): value.json
    }
  }

  /// Rounded, since the model keeps it in single precision.
  func gamma(_ rows: Matrix) -> Double {
    switch self {
    case .value(let value): return Double(Float(value))
    case .auto: return Double(Float(1 / Double(rows.columns)))
    case .scale:
      let count = Double(rows.values.count)
      let mean = rows.values.reduce(0) { $0 + Double($1) } / count
      let variance = rows.values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
      let gamma = Float(1 / (Double(rows.columns) * variance))
      return gamma.isFinite ? Double(gamma) : 1
    }
  }
}

/// Support vector machines, one for each two classes, each with a sigmoid that makes a probability of its decision value.
public struct SupportVectorLearner: Learner {
  public var kernel = SupportVectorKernel.rbf
  public var c = 1.0
  public var gamma = KernelWidth.scale
  public var classWeight = ClassWeight.none
  public var tolerance = 1e-3

  public init() {}

  /// The parts of the sigmoids' cross-validation.
  private static let folds = 5

  public func parts(columns: Int, classes: Int) -> [ModelPart] {
    let pairs = Pairs.count(classes)
    // What an RBF machine keeps depends on the rows.
    let numbers = kernel == .linear ? pairs * (columns + 1) : pairs
    return [
      ModelPart(name: "machines", shape: [pairs], parameters: numbers),
      ModelPart(name: "sigmoids", shape: [pairs], parameters: 2 * pairs),
    ]
  }

  public func train(_ task: TrainingTask) throws -> SupportVectorModel {
    let set = try TrainingSet(task, classWeight)
    try set.checkMemory(bytes: Double(set.rows.values.count + set.rows.rows) * 16)
    let library = try LibSVM.library()
    let rows = LibSVM.rows(set.rows)
    let gamma = kernel == .rbf ? self.gamma.gamma(set.rows) : nil
    let pairs = Pairs.all(set.present.count)
    let workers = Workers(task.jobs)
    let splits = pairs.map { FoldedPair($0, set, folds: Self.folds, seed: task.seed) }

    // For each pair one machine of all its rows, then one without each fold.
    let machines = try workers.map(pairs.count * (1 + Self.folds)) { index in
      try task.checkCancelled()
      let split = splits[index / (1 + Self.folds)]
      let (positive, negative) = split.rows(without: index % (1 + Self.folds) - 1)
      if positive.isEmpty || negative.isEmpty {
        return SupportVectorMachine.constant(positive.isEmpty ? (negative.isEmpty ? 0 : -1) : 1)
      }
      return try library.machine(
        rows, positive: positive, negative: negative,
        c: (c * set.weights[split.pair.0], c * set.weights[split.pair.1]), gamma: gamma, tolerance: tolerance)
    }
    let sigmoids = try workers.map(pairs.count) { index in
      try task.checkCancelled()
      let split = splits[index]
      var (values, isPositive): ([Double], [Bool]) = ([], [])
      for fold in 0..<Self.folds {
        let machine = machines[index * (1 + Self.folds) + 1 + fold]
        let held = split.folds[fold]
        values += machine.decisions(for: held, of: set.rows, gamma: gamma)
        isPositive += held.map { set.labels[$0] == split.pair.0 }
      }
      return Sigmoid.fitted(values, isPositive: isPositive)
    }
    let whole = stride(from: 0, to: machines.count, by: 1 + Self.folds).map { machines[$0] }
    let tensors = try SupportVectorModel.tensors(set, whole, sigmoids, gamma: gamma)
    return try SupportVectorModel(tensors, kernel: kernel, columns: set.rows.columns, classes: task.classes.count)
  }

  public func restore(_ tensors: [Tensor], columns: Int, classes: Int) throws -> SupportVectorModel {
    try SupportVectorModel(tensors, kernel: kernel, columns: columns, classes: classes)
  }
}

/// Two of several classes, the lower first.
package enum Pairs {
  static func count(_ classes: Int) -> Int { classes * (classes - 1) / 2 }

  package static func all(_ classes: Int) -> [(Int, Int)] {
    (0..<classes).flatMap { first in (first + 1..<classes).map { (first, $0) } }
  }
}

/// The rows of two classes, shuffled into folds.
private struct FoldedPair: Sendable {
  let pair: (Int, Int)
  let folds: [[Int]]
  private let labels: [Int]
  private let all: [Int]

  init(_ pair: (Int, Int), _ set: TrainingSet, folds count: Int, seed: UInt64) {
    self.pair = pair
    labels = set.labels
    let all = labels.indices.filter { set.labels[$0] == pair.0 || set.labels[$0] == pair.1 }
    self.all = all
    var random = RandomSource(seed: seed, "sigmoid", String(set.present[pair.0]), String(set.present[pair.1]))
    let order = random.permutation(all.count).map { all[$0] }
    folds = (0..<count).map { fold in Array(order[fold * all.count / count..<(fold + 1) * all.count / count]) }
  }

  /// The rows of either class, in their order in the set; of a fold below 0 there is none to leave out.
  func rows(without fold: Int) -> (positive: [Int], negative: [Int]) {
    let held = fold < 0 ? [] : Set(folds[fold])
    let kept = all.filter { !held.contains($0) }
    return (kept.filter { labels[$0] == pair.0 }, kept.filter { labels[$0] == pair.1 })
  }
}

extension SupportVectorMachine {
  /// - Parameter gamma: Of the RBF kernel; nil for the linear one.
  func decisions(for rows: [Int], of matrix: Matrix, gamma: Double?) -> [Double] {
    let (all, columns) = (matrix.values.span, matrix.columns)
    var values: [Double] = []
    for tested in rows {
      let row = all.extracting(tested * columns..<(tested + 1) * columns)
      var sum = intercept
      for (vector, coefficient) in zip(self.rows, coefficients) {
        sum += coefficient * kernelValue(all.extracting(vector * columns..<(vector + 1) * columns), row, gamma: gamma)
      }
      values.append(sum)
    }
    return values
  }
}
