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
    // How many support vectors there are depends on the rows.
    if kernel == .rbf { return [ModelPart(name: "support vectors", shape: [pairs], parameters: 0)] }
    return [
      ModelPart(name: "machines", shape: [pairs], parameters: pairs * (columns + 1)),
      ModelPart(name: "sigmoids", shape: [pairs], parameters: 2 * pairs),
    ]
  }

  public func train(_ task: TrainingTask) throws -> SupportVectorModel {
    let set = try TrainingSet(task, classWeight)
    try set.checkMemory(bytes: Double(set.rows.values.count + set.rows.rows) * 16)
    let library = try LibSVM.library()
    let gamma = kernel == .rbf ? self.gamma.gamma(set.rows) : nil
    let workers = Workers(task.jobs)
    var machines: [SupportVectorMachine] = []
    var sigmoids: [Sigmoid] = []
    for classes in Pairs.all(set.present.count) {
      try task.checkCancelled()
      let pair = FoldedPair(classes, set, folds: Self.folds, seed: task.seed)
      let kernel = PairKernel(set.rows.selecting(pair.rows), gamma: gamma, workers)
      // One machine of all rows, then one without each fold, with its answers for the rows left out.
      let trained = try workers.map(1 + Self.folds) { index in
        try task.checkCancelled()
        let held = index == 0 ? [] : pair.folds[index - 1]
        let (positive, negative) = pair.rows(without: held)
        let machine =
          positive.isEmpty || negative.isEmpty
          ? .constant(positive.isEmpty ? (negative.isEmpty ? 0 : -1) : 1)
          : try library.machine(
            kernel, positive: positive, negative: negative, c: (c * set.weights[classes.0], c * set.weights[classes.1]),
            tolerance: tolerance)
        return (machine: machine, decisions: kernel.decisions(of: machine, for: held))
      }
      var whole = trained[0].machine
      whole.rows = whole.rows.map { pair.rows[$0] }
      machines.append(whole)
      sigmoids.append(
        Sigmoid.fitted(trained.flatMap(\.decisions), isPositive: pair.folds.joined().map { pair.isPositive[$0] }))
    }
    let tensors = try SupportVectorModel.tensors(set, machines, sigmoids, gamma: gamma)
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

/// The rows of two classes, shuffled into folds. Folds count within `rows`.
private struct FoldedPair: Sendable {
  /// Rows of the set.
  let rows: [Int]
  /// Whether a row is of the first of the classes.
  let isPositive: [Bool]
  let folds: [[Int]]

  init(_ classes: (Int, Int), _ set: TrainingSet, folds count: Int, seed: UInt64) {
    let rows = set.labels.indices.filter { set.labels[$0] == classes.0 || set.labels[$0] == classes.1 }
    self.rows = rows
    isPositive = rows.map { set.labels[$0] == classes.0 }
    var random = RandomSource(seed: seed, "sigmoid", String(set.present[classes.0]), String(set.present[classes.1]))
    let order = random.permutation(rows.count)
    folds = (0..<count).map { Array(order[$0 * rows.count / count..<($0 + 1) * rows.count / count]) }
  }

  func rows(without fold: [Int]) -> (positive: [Int], negative: [Int]) {
    let held = Set(fold)
    let kept = isPositive.indices.filter { !held.contains($0) }
    return (kept.filter { isPositive[$0] }, kept.filter { !isPositive[$0] })
  }
}
