import TimbreCore

/// How the columns of the rows are brought to one scale.
public enum ScalerKind: String, ParameterValue, CaseIterable, Hashable {
  /// Mean 0, population standard deviation 1.
  case standard
  /// 0…1.
  case minMax = "min_max"
  case none
}

/// (x − offset) / scale for each column, as scikit-learn's `StandardScaler` and `MinMaxScaler`; a constant column has scale 1.
public struct Scaler: Sendable, Hashable {
  public let kind: ScalerKind
  /// One a column; both empty for `none`.
  public let offset: [Float]
  public let scale: [Float]

  /// Learns from the given rows of `matrix` and from no others.
  public static func fit(_ kind: ScalerKind, _ matrix: Matrix, rows: [Int]) -> Scaler {
    guard kind != .none else { return Scaler(kind: kind, offset: [], scale: []) }
    let columns = matrix.columns
    guard !rows.isEmpty else {
      return Scaler(
        kind: kind, offset: [Float](repeating: 0, count: columns), scale: [Float](repeating: 1, count: columns))
    }
    if kind == .minMax {
      let (least, greatest) = range(of: matrix, rows: rows)
      let scale = zip(least, greatest).map { least, greatest in
        let span = Double(greatest) - Double(least)
        return span < 10 * Double.ulpOfOne ? 1 : Float(span)
      }
      return Scaler(kind: kind, offset: least, scale: scale)
    }
    let count = Double(rows.count)
    let mean = sums(of: matrix, rows: rows, around: nil).map { $0 / count }
    let variance = sums(of: matrix, rows: rows, around: mean).map { $0 / count }
    let scale = zip(mean, variance).map { mean, variance in
      // scikit-learn's bound on the rounding error of the variance: what is within it is constant.
      let rounding = count * mean * Double.ulpOfOne
      let deviation =
        variance <= count * Double.ulpOfOne * variance + rounding * rounding ? 1 : Float(variance.squareRoot())
      return deviation == 0 ? 1 : deviation
    }
    return Scaler(kind: kind, offset: mean.map { Float($0) }, scale: scale)
  }

  /// The scaled copy of a matrix.
  public func applied(to matrix: Matrix) -> Matrix {
    var copy = matrix
    apply(to: &copy)
    return copy
  }

  public func apply(to matrix: inout Matrix) {
    guard kind != .none else { return }
    precondition(matrix.columns == offset.count, "a scaler of \(offset.count) columns cannot scale \(matrix.columns)")
    let (rows, columns) = (matrix.rows, matrix.columns)
    unsafe matrix.values.withUnsafeMutableBufferPointer { values in
      unsafe offset.withUnsafeBufferPointer { offset in
        unsafe scale.withUnsafeBufferPointer { scale in
          for row in 0..<rows {
            let start = row * columns
            for column in 0..<columns {
              unsafe values[start &+ column] = (values[start &+ column] - offset[column]) / scale[column]
            }
          }
        }
      }
    }
  }

  private static func sums(of matrix: Matrix, rows: [Int], around center: [Double]?) -> [Double] {
    let columns = matrix.columns
    var sums = [Double](repeating: 0, count: columns)
    unsafe matrix.values.withUnsafeBufferPointer { values in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        for row in rows {
          let start = row * columns
          if let center {
            unsafe center.withUnsafeBufferPointer { center in
              for column in 0..<columns {
                let distance = unsafe Double(values[start &+ column]) - center[column]
                unsafe sums[column] += distance * distance
              }
            }
          } else {
            for column in 0..<columns { unsafe sums[column] += Double(values[start &+ column]) }
          }
        }
      }
    }
    return sums
  }

  private static func range(of matrix: Matrix, rows: [Int]) -> (least: [Float], greatest: [Float]) {
    let columns = matrix.columns
    var least = Array(matrix.row(rows[0]))
    var greatest = least
    unsafe matrix.values.withUnsafeBufferPointer { values in
      unsafe least.withUnsafeMutableBufferPointer { least in
        unsafe greatest.withUnsafeMutableBufferPointer { greatest in
          for row in rows {
            let start = row * columns
            for column in 0..<columns {
              let value = unsafe values[start &+ column]
              unsafe least[column] = value < least[column] ? value : least[column]
              unsafe greatest[column] = value > greatest[column] ? value : greatest[column]
            }
          }
        }
      }
    }
    return (least, greatest)
  }
}

extension Scaler {
  /// `scaler.offset` and `scaler.scale`, one number a column; nothing for `none`.
  public var tensors: [Tensor] {
    guard kind != .none else { return [] }
    return [
      Tensor(name: "scaler.offset", shape: [offset.count], values: offset),
      Tensor(name: "scaler.scale", shape: [scale.count], values: scale),
    ]
  }

  /// A scaler from the tensors of a bundle, for rows of `columns` numbers.
  /// - Throws: A `.badModel` diagnostic.
  public init(kind: ScalerKind, tensors: [Tensor], columns: Int) throws {
    guard kind != .none else {
      if let extra = tensors.first { throw Diagnostic(.badModel, "scaler \"none\" has a tensor \"\(extra.name)\"") }
      self.init(kind: kind, offset: [], scale: [])
      return
    }
    func values(_ name: String) throws -> [Float] {
      guard let tensor = tensors.first(where: { $0.name == name }) else {
        throw Diagnostic(.badModel, "the tensor \"\(name)\" is missing")
      }
      guard tensor.shape == [columns], tensor.values.count == columns else {
        throw Diagnostic(
          .badModel, "the tensor \"\(name)\" has shape \(tensor.shape), but the vector has \(columns) columns")
      }
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw Diagnostic(.badModel, "the tensor \"\(name)\" holds a value that is not finite")
      }
      return tensor.values
    }
    let offset = try values("scaler.offset")
    let scale = try values("scaler.scale")
    guard scale.allSatisfy({ $0 > 0 }) else {
      throw Diagnostic(.badModel, "the tensor \"scaler.scale\" holds a value that is not above 0")
    }
    if let extra = tensors.first(where: { $0.name != "scaler.offset" && $0.name != "scaler.scale" }) {
      throw Diagnostic(.badModel, "the scaler has no use for the tensor \"\(extra.name)\"")
    }
    self.init(kind: kind, offset: offset, scale: scale)
  }
}
