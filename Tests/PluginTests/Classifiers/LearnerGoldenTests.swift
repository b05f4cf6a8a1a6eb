import Foundation
import Testing
import TimbreBuiltin
import TimbreClassifiers
import TimbreCore

import TimbreLearners

/// The classical classifiers against scikit-learn (Tests/Goldens/make_learners.py).
@Suite struct LearnerGoldenTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var use: String
    var classes: Int
    var kind: String
    var parameters: [String: Golden.Setting]
    var values: [Double]

    var members: [JSONValue.Member] {
      parameters.sorted { $0.key < $1.key }.map { key, setting in
        switch setting {
        case .value(let value): JSONValue.Member(key, value)
        }
      }
    }
    var testDescription: String { "\(use) of \(classes) classes, \(JSONValue.object(members))" }
  }

  struct Calibration: Decodable {
    var decisions: [Double]
    var positive: [Int]
    var a: Double
    var b: Double
  }

  struct File: Decodable {
    var sigmoid: Calibration
    var cases: [Case]
  }

  static let file: File? = {
    let path = URL(filePath: #filePath).appending(path: "../../../Goldens/learners.json").standardizedFileURL
    return (try? Data(contentsOf: path)).flatMap { try? JSONDecoder().decode(File.self, from: $0) }
  }()

  static func mixed(_ index: Int) -> Double {
    var z = UInt32(truncatingIfNeeded: index) &* 2_654_435_761 &+ 12345
    z = (z ^ (z >> 15)) &* 2_246_822_519
    return Double(z ^ (z >> 13)) / 4_294_967_296
  }

  static func rows(_ range: Range<Int>, classes: Int) -> LabelledRows {
    let labels = range.map { min($0 % 7 / 3, classes - 1) }
    let values = zip(range, labels).flatMap { index, label in
      (0..<5).map { column -> Float in
        let noise = 2 * (mixed(index * 5 + column) - 0.5)
        return Float(noise + (column % classes == label ? 0.7 : 0) + (column == 4 ? 0.3 * Double(label) : 0))
      }
    }
    return LabelledRows(rows: Matrix(rows: range.count, columns: 5, values: values), labels: labels)
  }

  @Test func thereAreGoldens() { #expect(Self.file?.cases.count ?? 0 > 30) }

  @Test(arguments: file?.cases ?? []) func agreesWithScikitLearn(_ golden: Case) throws {
    let classifier = try #require(Builtin.registry().classifiers[golden.use]).make(golden.members)
    let train = Self.rows(0..<90, classes: golden.classes)
    let test = Self.rows(1000..<1012, classes: golden.classes).rows
    let names = (0..<golden.classes).map { "class \($0)" }
    let model = try classifier.train(TrainingTask(train: train, classes: names, seed: 1))
    let found: [Double]
    if golden.kind == "probabilities" {
      found = try model.probabilities(test, jobs: 1).values.map { Double($0) }
    } else {
      found = (0..<test.count).flatMap { row in
        let row = test.matrix.values.span.extracting(row * 5..<row * 5 + 5)
        if let model = model as? SupportVectorModel { return model.decisions(row) }
        return (model as? LinearModel)?.decisions(row) ?? []
      }
    }
    let largest = golden.values.reduce(0) { max($0, abs($1)) }
    let error = zip(found, golden.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(found.count == golden.values.count && error < 1e-5 * largest, "\(error / largest)")
  }

  @Test func theSigmoidIsScikitLearns() throws {
    let golden = try #require(Self.file?.sigmoid)
    let fitted = Sigmoid.fitted(golden.decisions, isPositive: golden.positive.map { $0 == 1 })
    #expect(abs(fitted.a - golden.a) < 1e-3 && abs(fitted.b - golden.b) < 1e-3, "\(fitted)")
  }
}
