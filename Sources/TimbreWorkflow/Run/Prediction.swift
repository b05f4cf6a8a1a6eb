import TimbreAudio
import TimbreCore

/// What a bundle says of one file.
public struct Prediction: Sendable {
  public var file: String
  public var result: Result<Answer, Diagnostic>

  public init(file: String, result: Result<Answer, Diagnostic>) {
    self.file = file
    self.result = result
  }

  public struct Answer: Sendable {
    public var label: String
    /// In the order of the bundle's labels.
    public var probabilities: [(label: String, value: Float)]
  }

  /// `{"file", "label", "probabilities": {label: p}}`, or `{"file", "error"}`.
  public var json: JSONValue {
    switch result {
    case .success(let answer):
      [
        "file": .string(file), "label": .string(answer.label),
        // The shortest digits of the float itself: the same in every front end.
        "probabilities": .object(
          answer.probabilities.map { .init($0.label, .number(Double("\($0.value)") ?? Double($0.value))) }),
      ]
    case .failure(let diagnostic): ["file": .string(file), "error": .string(diagnostic.message)]
    }
  }
}

extension Bundle {
  /// Predictions of files, in their order, several at a time. A file that fails does not stop the others.
  public func predict(_ files: [String], jobs: Int) async -> [Prediction] {
    await mapInOrder(files, jobs: jobs) { predict($0) }
  }

  public func predict(_ file: String) -> Prediction {
    do {
      let loaded = try load(.file(file), options: recipe.load)
      let probabilities = try probabilities(Rows(recipe.row(of: loaded.signal), shape), jobs: 1)
      let values = Array(probabilities.row(0))
      guard values.count == labels.count, values.allSatisfy(\.isFinite), let most = values.max(),
        let best = values.firstIndex(of: most)
      else { throw Diagnostic(.notFinite, "the model's prediction is not finite") }
      let answer = Prediction.Answer(
        label: labels[best], probabilities: zip(labels, values).map { (label: $0, value: $1) })
      return Prediction(file: file, result: .success(answer))
    } catch {
      return Prediction(file: file, result: .failure(error as? Diagnostic ?? Diagnostic(.badAudio, "\(error)")))
    }
  }
}

/// `transform` of every item, at most `jobs` at a time, in the order of the items.
public func mapInOrder<Item: Sendable, Output: Sendable>(
  _ items: [Item], jobs: Int, _ transform: @escaping @Sendable (Item) -> Output
) async -> [Output] {
  await withTaskGroup(of: (Int, Output).self) { group in
    var outputs = [Output?](repeating: nil, count: items.count)
    var next = 0
    func addOne() {
      guard next < items.count else { return }
      let (index, item) = (next, items[next])
      group.addTask { (index, transform(item)) }
      next += 1
    }
    for _ in 0..<max(1, jobs) { addOne() }
    while let (index, output) = await group.next() {
      outputs[index] = output
      addOne()
    }
    return outputs.compactMap { $0 }
  }
}
