import Testing
import TimbreClassifiers
import TimbreCore

@Suite struct Conv1DTests {
  private func config(_ members: [JSONValue.Member]) throws -> Conv1D.Config { try Conv1D.spec.config(from: members) }

  @Test func defaultsSurviveJSON() throws {
    let members = Conv1D.spec.members(of: Conv1D.Config())
    #expect(Conv1D.spec.description.findings(in: members).isEmpty)
    #expect(Conv1D.spec.members(of: try config(members)) == members)
    #expect(members.first { $0.key == "layers" }?.value.arrayValue?.count == 12)
  }

  @Test func findingsPointIntoTheLayers() {
    let findings = Conv1D.spec.description.findings(in: [
      .init("layers", [["type": "conv1d", "filter": 8], "flaten", ["type": "dropout", "rate": 1]]),
      .init("optimizer", "adamm"), .init("early_stopping", ["patience": 0]), .init("class_weight", "even"),
    ])
    #expect(
      findings.map(\.kind) == [.unknownKey, .unknownChoice, .outOfRange, .unknownChoice, .outOfRange, .unknownChoice])
    #expect(findings[0].help == "did you mean \"filters\"?")
    #expect(findings[0].path == [.key("layers"), .index(0), .key("filter")])
    #expect(findings[1].help == "did you mean \"flatten\"?")
  }

  @Test func trainsAndComesBackFromItsTensors() throws {
    let members: [JSONValue.Member] = [
      .init("layers", [["type": "conv1d", "filters": 8], "max_pool", "flatten"]), .init("epochs", 12),
      .init("batch_size", 10),
      .init("optimizer", ["type": "adam", "learning_rate": 0.02]), .init("early_stopping", ["patience": 12]),
      .init("class_weight", ["low": 2]),
    ]
    let classifier = try Conv1D(config(members))
    var random = RandomSource(seed: 1, "rows")
    let labels = (0..<60).map { $0 % 2 }
    let values = labels.flatMap { label in (0..<16).map { Float(random.normal()) + ($0 / 8 == label ? 1.5 : 0) } }
    let data = LabelledRows(rows: Matrix(rows: 60, columns: 16, values: values), labels: labels)
    let model = try classifier.train(
      TrainingTask(train: data, validation: data, classes: ["low", "high"], seed: 4, jobs: 2))
    #expect(model.history.last?["val_accuracy"] ?? 0 > 0.95)
    #expect(
      model.history.first?.entries.map(\.name) == ["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"])
    let restored = try classifier.restore(model.tensors, columns: 16, classes: 2)
    #expect(try restored.probabilities(data.rows, jobs: 1) == model.probabilities(data.rows, jobs: 2))
    #expect(
      try classifier.parts(columns: 16, classes: 2).map(\.name) == ["conv1d_1", "max_pool_1", "flatten_1", "output"])
  }
}
