import TimbreCore

/// The rows of a task as a classical learner takes them: its classes are those that have rows and count.
struct TrainingSet {
  let rows: Matrix
  /// Places in `present`, one a row.
  let labels: [Int]
  /// The classes that occur, ascending. A fold may lack a class: it is then never predicted.
  let present: [Int]
  /// One a class of `present`.
  let weights: [Double]

  /// - Throws: A `Diagnostic` for rows that are not finite or all of one class.
  init(_ task: TrainingTask, _ classWeight: ClassWeight = .none) throws {
    try task.check()
    let data = task.train
    let weights = try classWeight.weights(of: data.labels, classes: task.classes)
    let occurring = Set(data.labels)
    // As in scikit-learn, rows that count nothing are as good as not there.
    present = task.classes.indices.filter { occurring.contains($0) && weights[$0] > 0 }
    guard present.count > 1 else {
      throw Diagnostic(
        .training,
        "the training rows that count are all of \(present.first.map { "class \"\(task.classes[$0])\"" } ?? "no class")",
        help: "a classifier needs rows of at least two classes: look at the split and at class_weight")
    }
    // Places are kept as single-precision numbers.
    let all = data.rows.matrix
    guard all.rows <= Tensor.largestIndex, all.columns <= Tensor.largestIndex else {
      throw Diagnostic(
        .training, "\(all.rows) rows of \(all.columns) numbers are more than this classifier takes",
        help: "use fewer views or columns")
    }
    self.weights = present.map { Double(weights[$0]) }
    var places = [Int?](repeating: nil, count: task.classes.count)
    for (place, label) in present.enumerated() { places[label] = place }
    let kept = data.labels.indices.filter { places[data.labels[$0]] != nil }
    rows = kept.count == data.labels.count ? all : all.selecting(kept)
    labels = kept.compactMap { places[data.labels[$0]] }
  }

  func checkMemory(bytes: Double) throws {
    guard bytes < 0x1p33 else {
      throw Diagnostic(
        .training,
        "training on \(rows.rows) rows of \(rows.columns) numbers would need some \(Int(bytes / 0x1p30)) GiB of memory",
        help: "pool to fewer columns, or use fewer views")
    }
  }
}

extension TrainingTask {
  func checkCancelled() throws {
    if isCancelled() { throw Diagnostic(.cancelled, "training was cancelled") }
  }
}

extension Tensor {
  static let largestIndex = 1 << 24

  /// Numbers of training, rounded to single precision.
  /// - Throws: A `.training` diagnostic where one leaves its range.
  init(name: String, shape: [Int], rounding values: [Double]) throws {
    self.init(name: name, shape: shape, values: values.map { Float($0) })
    guard self.values.allSatisfy(\.isFinite) else {
      throw Diagnostic(
        .training, "the model's numbers (\(name)) leave the range of single precision",
        help: "scale the inputs (\"scale\": \"standard\"), or use a smaller C")
    }
  }
}
