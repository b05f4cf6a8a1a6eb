/// Rows with the index of their class.
public struct LabelledRows: Sendable {
  public var rows: Rows
  public var labels: [Int]

  public init(rows: Rows, labels: [Int]) {
    precondition(rows.count == labels.count, "one label a row")
    self.rows = rows
    self.labels = labels
  }

  /// Vectors.
  public init(rows: Matrix, labels: [Int]) { self.init(rows: Rows(rows), labels: labels) }
}

/// Numbers of one epoch or round of training, in a fixed order: `loss`, `accuracy`, `val_loss`, …
public struct TrainingRecord: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    public var name: String
    public var value: Double
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// From 1.
  public var epoch: Int
  /// Of how many, unless training stops early.
  public var epochs: Int
  public var entries: [Entry]

  public init(epoch: Int, epochs: Int, entries: [Entry]) {
    self.epoch = epoch
    self.epochs = epochs
    self.entries = entries
  }

  public subscript(name: String) -> Double? { entries.first { $0.name == name }?.value }
}

/// What a classifier is given to learn from.
public struct TrainingTask: Sendable {
  public var train: LabelledRows
  /// Held out of `train` for early stopping and schedules; never the test rows.
  public var validation: LabelledRows?
  /// Names of the classes, in the order of the labels' indices.
  public var classes: [String]
  public var seed: UInt64
  /// Threads to use. The result must not depend on it.
  public var jobs: Int
  public var onEpoch: @Sendable (TrainingRecord) -> Void
  /// Asked often; once true, training throws a `.cancelled` diagnostic.
  public var isCancelled: @Sendable () -> Bool

  public init(
    train: LabelledRows, validation: LabelledRows? = nil, classes: [String], seed: UInt64, jobs: Int = 1,
    onEpoch: @escaping @Sendable (TrainingRecord) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.train = train
    self.validation = validation
    self.classes = classes
    self.seed = seed
    self.jobs = jobs
    self.onEpoch = onEpoch
    self.isCancelled = isCancelled
  }
}

/// One line of a model's table: a layer, its output shape, its trainable numbers.
public struct ModelPart: Sendable, Hashable {
  public var name: String
  public var shape: [Int]
  /// Numbers that training finds, or of a model that is made of rows and trees: numbers that it keeps.
  public var parameters: Int

  public init(name: String, shape: [Int], parameters: Int) {
    self.name = name
    self.shape = shape
    self.parameters = parameters
  }
}

/// A plugin that learns classes from rows.
public protocol Classifier: Plugin {
  /// Parameters that have another default where rows are sequences.
  static var sequenceDefaults: [JSONValue.Member] { get }

  /// The model's parts for rows of this shape and so many classes, known without data. What depends on the rows counts 0 parameters
  /// here, and has its number in `TrainedModel.parts`.
  /// - Throws: A `Diagnostic` where the shapes do not fit (a pool wider than its input, a missing `flatten`, sequences for a
  ///   classifier of vectors: see `RowShape.columns(of:)`).
  func parts(of rows: RowShape, classes: Int) throws -> [ModelPart]

  /// The same task gives the same bits, whatever `jobs` is.
  func train(_ task: TrainingTask) throws -> any TrainedModel

  /// A model from the tensors of a bundle.
  /// - Throws: A `.badModel` diagnostic naming the first tensor that is missing, left over, or of another shape.
  func restore(_ tensors: [Tensor], for rows: RowShape, classes: Int) throws -> any TrainedModel
}

extension Classifier {
  public static var sequenceDefaults: [JSONValue.Member] { [] }

  /// The parts of a model of vectors.
  public func parts(columns: Int, classes: Int) throws -> [ModelPart] {
    try parts(of: .vector(columns: columns), classes: classes)
  }

  /// A model of vectors.
  public func restore(_ tensors: [Tensor], columns: Int, classes: Int) throws -> any TrainedModel {
    try restore(tensors, for: .vector(columns: columns), classes: classes)
  }
}

/// What training leaves.
public protocol TrainedModel: Sendable {
  /// Empty for a model that was restored.
  var history: [TrainingRecord] { get }
  var tensors: [Tensor] { get }
  /// The parts as training left them, where their size depends on the rows; nil where the classifier's own tell it all.
  var parts: [ModelPart]? { get }

  /// Rows × classes, each row summing to 1. A row's result depends neither on its neighbours nor on `jobs`.
  func probabilities(_ rows: Rows, jobs: Int) throws -> Matrix
}

extension TrainedModel {
  public var parts: [ModelPart]? { nil }

  /// Of vectors.
  public func probabilities(_ rows: Matrix, jobs: Int) throws -> Matrix { try probabilities(Rows(rows), jobs: jobs) }
}
