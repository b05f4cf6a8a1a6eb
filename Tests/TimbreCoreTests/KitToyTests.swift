import Testing
import TimbreCore
import TimbreTesting

/// The kit's other halves: a transform, a classifier and a dataset that keep every promise, and some that do not.
@Suite struct KitToyTests {
  @Test func properPluginsPass() {
    #expect(conformanceFailures(of: Doubling.self) == [])
    #expect(conformanceFailures(of: Centroids.self) == [])
    #expect(conformanceFailures(of: Pair.self, members: [.init("path", "/some/folder")]) == [])
  }

  @Test func aForgetfulClassifierIsFound() {
    let failures = conformanceFailures(of: Centroids.self, members: [.init("careless", true)]).map(\.description)
    for part in ["cancelling: training goes on", "a left-over tensor: is accepted", "row 0 is no distribution"] {
      #expect(failures.contains { $0.contains(part) }, "\(part): \(failures)")
    }
  }

  @Test func aSloppyDatasetIsFound() {
    let failures = conformanceFailures(of: Twins.self, members: [.init("path", "/some/folder")]).map(\.description)
    for part in ["two clips have one id", "unlisted label \"c\"", "a path that is not there: is accepted"] {
      #expect(failures.contains { $0.contains(part) }, "\(part): \(failures)")
    }
  }
}

private struct Doubling: FeatureTransform {
  struct Config: PluginConfig {}
  static let spec = PluginSpec<Config>("feature.doubling", summary: "Doubles every value.")
  init(_ config: Config) {}
  func axes(of input: FeatureAxes) -> FeatureAxes { input }
  func transform(_ input: FeatureMatrix) -> FeatureMatrix {
    FeatureMatrix(axes: input.axes, values: input.values.map { 2 * $0 })
  }
}

private struct Pair: DatasetReader {
  struct Config: PluginConfig { var path = "" }
  static let spec = PluginSpec<Config>(
    "dataset.pair", summary: "Two clips.", parameters: [.path("path", \.path, "The folder.")])
  let config: Config
  init(_ config: Config) { self.config = config }
  func clips() throws -> ClipList {
    guard config.path == "/some/folder" else { throw Diagnostic(.badDataset, "there is no folder \(config.path)") }
    return ClipList(clips: [clip("a", "x"), clip("b", "y")], labels: ["x", "y"])
  }
}

/// Takes any path, and gives two clips one id.
private struct Twins: DatasetReader {
  struct Config: PluginConfig { var path = "" }
  static let spec = PluginSpec<Config>(
    "dataset.twins", summary: "Two clips.", parameters: [.path("path", \.path, "The folder.")])
  init(_ config: Config) {}
  func clips() -> ClipList { ClipList(clips: [clip("a", "x"), clip("a", "c")], labels: ["x", "y"]) }
}

private func clip(_ id: String, _ label: String) -> Clip {
  Clip(id: id, source: .generated { Signal(samples: [0, 1], sampleRate: 8_000) }, label: label)
}

/// The nearest mean of a class, in one step.
private struct Centroids: Classifier {
  struct Config: PluginConfig { var careless = false }
  static let spec = PluginSpec<Config>(
    "classifier.centroids", summary: "Nearest class mean.",
    parameters: [.bool("careless", \.careless, "Whether to break promises.")])
  let config: Config
  init(_ config: Config) { self.config = config }

  func parts(of rows: RowShape, classes: Int) throws -> [ModelPart] {
    let columns = try rows.columns(of: Self.spec.id)
    return [ModelPart(name: "means", shape: [classes, columns], parameters: classes * columns)]
  }

  func train(_ task: TrainingTask) throws -> any TrainedModel {
    if task.isCancelled(), !config.careless { throw Diagnostic(.cancelled, "training was cancelled") }
    let (columns, classes) = (try task.train.rows.shape.columns(of: Self.spec.id), task.classes.count)
    var means = [Float](repeating: 0, count: classes * columns)
    for (row, label) in task.train.labels.enumerated() {
      let count = Float(task.train.labels.count { $0 == label })
      for column in 0..<columns { means[label * columns + column] += task.train.rows.matrix[row, column] / count }
    }
    return Model(means: Matrix(rows: classes, columns: columns, values: means), careless: config.careless)
  }

  func restore(_ tensors: [Tensor], for rows: RowShape, classes: Int) throws -> any TrainedModel {
    let columns = try rows.columns(of: Self.spec.id)
    guard let means = tensors.first, config.careless || (tensors.count == 1 && means.shape == [classes, columns]) else {
      throw Diagnostic(.badModel, "the tensor \"means\" is missing or has another shape")
    }
    let values = Array(means.values.prefix(classes * columns))
    return Model(means: Matrix(rows: classes, columns: columns, values: values), careless: config.careless)
  }

  struct Model: TrainedModel {
    let means: Matrix
    let careless: Bool
    let history: [TrainingRecord] = []
    var tensors: [Tensor] { [Tensor(name: "means", shape: [means.rows, means.columns], values: means.values)] }

    func probabilities(_ rows: Rows, jobs: Int) -> Matrix {
      let rows = rows.matrix
      var result = Matrix(rows: rows.rows, columns: means.rows)
      for row in 0..<rows.rows {
        let scores = (0..<means.rows).map { index in
          1 / (0.1 + zip(rows.row(row), means.row(index)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
        }
        let total = careless ? 2 : scores.reduce(0, +)
        for index in scores.indices { result[row, index] = scores[index] / total }
      }
      return result
    }
  }
}
