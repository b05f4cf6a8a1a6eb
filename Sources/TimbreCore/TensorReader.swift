/// The tensors of a model that is being restored: each is taken by its name, and none may be left.
public struct TensorReader {
  private var tensors: [Tensor]

  public init(_ tensors: [Tensor]) { self.tensors = tensors }

  /// - Parameter shape: What it has to be; nil where any size will do.
  /// - Throws: A `.badModel` diagnostic for a tensor that is missing, of another shape, or not finite.
  public mutating func take(_ name: String, shape: [Int?]) throws -> Tensor {
    guard let place = tensors.firstIndex(where: { $0.name == name }) else {
      throw Diagnostic(.badModel, "the tensor \"\(name)\" is missing", help: Self.help)
    }
    let tensor = tensors.remove(at: place)
    let isFitting = zip(shape, tensor.shape).allSatisfy { $0 == nil || $0 == $1 }
    guard isFitting, shape.count == tensor.shape.count,
      Double(tensor.values.count) == tensor.shape.reduce(1.0, { $0 * Double($1) })
    else {
      let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
      throw Diagnostic(
        .badModel,
        "the tensor \"\(name)\" has shape \(tensor.shape) and \(tensor.values.count) values, not shape [\(expected)]",
        help: Self.help)
    }
    guard tensor.values.allSatisfy(\.isFinite) else {
      throw Diagnostic(.badModel, "the tensor \"\(name)\" holds a number that is not finite")
    }
    return tensor
  }

  /// A tensor of whole numbers, which single precision holds up to 2²⁴.
  /// - Throws: Also for a number that is not whole or not within `range`.
  public mutating func takeIndices(_ name: String, shape: [Int?], in range: Range<Int>) throws -> [Int] {
    try take(name, shape: shape).values.map { value in
      guard let index = Int(exactly: value), range.contains(index) else {
        throw Diagnostic(
          .badModel,
          "the tensor \"\(name)\" holds \(value), which is none of \(range.lowerBound) … \(range.upperBound - 1)",
          help: Self.help)
      }
      return index
    }
  }

  /// - Throws: A `.badModel` diagnostic for a tensor that nobody took.
  public func finish() throws {
    guard let tensor = tensors.first else { return }
    throw Diagnostic(.badModel, "the tensor \"\(tensor.name)\" has no place in this model", help: Self.help)
  }

  private static let help = "the weights belong to another model"
}

extension Tensor {
  /// Whole numbers, none above 2²⁴.
  public init(name: String, shape: [Int], indices: [Int]) {
    assert(indices.allSatisfy { abs($0) <= 1 << 24 })
    self.init(name: name, shape: shape, values: indices.map { Float($0) })
  }
}
