import TimbreCore

/// How the columns of the rows are brought to one scale.
public enum ScalerKind: String, ParameterValue, CaseIterable, Hashable {
  /// Mean 0, population standard deviation 1.
  case standard
  /// 0…1.
  case minMax = "min_max"
  /// Median 0, distance of the quartiles 1.
  case robust
  /// The share of training values below: 0…1.
  case quantile
  /// `standard`, for each speaker by its own clips, whose labels it does not look at.
  case standardPerSpeaker = "standard_per_speaker"
  case none
}

/// (x − offset) / scale for each column, as scikit-learn's `StandardScaler`, `MinMaxScaler` and `RobustScaler`, in which a constant column
/// has scale 1; or the place of x among quantiles, as its `QuantileTransformer`.
public struct Scaler: Sendable, Hashable {
  public let kind: ScalerKind
  /// One a column; both empty for `none` and `quantile`. For `standard_per_speaker` those of all training rows, for speakers of whom
  /// nothing else is known.
  public let offset: [Float]
  public let scale: [Float]
  /// For `quantile`: quantiles × columns, ascending.
  private(set) var quantiles: [Float] = []

  private init(kind: ScalerKind, offset: [Float], scale: [Float]) {
    self.kind = kind
    self.offset = offset
    self.scale = scale
  }

  /// At most as many quantiles as scikit-learn takes.
  private static let mostQuantiles = 1_000

  /// Learns from the given rows of `matrix` and from no others.
  public static func fit(_ kind: ScalerKind, _ matrix: Matrix, rows: [Int]) -> Scaler {
    guard kind != .none else { return Scaler(kind: kind, offset: [], scale: []) }
    let columns = matrix.columns
    guard !rows.isEmpty else {
      return Scaler(
        kind: kind, offset: [Float](repeating: 0, count: columns), scale: [Float](repeating: 1, count: columns))
    }
    if kind == .quantile { return Scaler(quantilesOf: matrix, rows: rows) }
    if kind == .robust {
      var (offset, scale): ([Float], [Float]) = ([], [])
      for column in 0..<columns {
        let values = rows.map { matrix[$0, column] }.sorted()
        func at(_ percent: Double) -> Float {
          Float(interpolatedPercentile(percent, ofSorted: values.count) { Double(values[$0]) })
        }
        let span = at(75) - at(25)
        offset.append(at(50))
        scale.append(Double(span) < 10 * Double.ulpOfOne ? 1 : span)
      }
      return Scaler(kind: kind, offset: offset, scale: scale)
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
    if kind == .quantile { return applyQuantiles(to: &matrix) }
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
    if kind == .quantile {
      let columns = max(1, offset.count)
      return [Tensor(name: "scaler.quantiles", shape: [quantiles.count / columns, columns], values: quantiles)]
    }
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
    if kind == .quantile {
      self = try Scaler(quantiles: tensors, columns: columns)
      return
    }
    func values(_ name: String) throws -> [Float] {
      guard let tensor = tensors.first(where: { $0.name == name }) else {
        throw Diagnostic(.badModel, "the tensor \"\(name)\" is missing")
      }
      guard tensor.shape == [columns], tensor.values.count == columns else {
        throw Diagnostic(
          .badModel, "the tensor \"\(name)\" has shape \(tensor.shape), but the input has \(columns) columns")
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

// MARK: Quantiles

extension Scaler {
  private init(quantilesOf matrix: Matrix, rows: [Int]) {
    let columns = matrix.columns
    self.init(kind: .quantile, offset: [Float](repeating: 0, count: columns), scale: [])
    let count = min(Self.mostQuantiles, rows.count)
    var table = [Float](repeating: 0, count: count * columns)
    for column in 0..<columns {
      let sorted = rows.map { matrix[$0, column] }.sorted()
      var least = -Float.infinity
      for index in 0..<count {
        let percent = count > 1 ? 100 * Double(index) / Double(count - 1) : 50
        let value = Float(interpolatedPercentile(percent, ofSorted: sorted.count) { Double(sorted[$0]) })
        // Interpolation may lower a value by a rounding.
        least = max(least, value)
        table[index * columns + column] = least
      }
    }
    quantiles = table
  }

  private init(quantiles tensors: [Tensor], columns: Int) throws {
    guard let tensor = tensors.first(where: { $0.name == "scaler.quantiles" }) else {
      throw Diagnostic(.badModel, "the tensor \"scaler.quantiles\" is missing")
    }
    guard tensor.shape.count == 2, tensor.shape[1] == columns, tensor.shape[0] > 0,
      tensor.values.count == tensor.shape[0] * columns, tensor.values.allSatisfy(\.isFinite)
    else {
      throw Diagnostic(
        .badModel, "the tensor \"scaler.quantiles\" does not hold finite quantiles of \(columns) columns")
    }
    if let extra = tensors.first(where: { $0.name != "scaler.quantiles" }) {
      throw Diagnostic(.badModel, "the scaler has no use for the tensor \"\(extra.name)\"")
    }
    self.init(kind: .quantile, offset: [Float](repeating: 0, count: columns), scale: [])
    quantiles = tensor.values
  }

  private func applyQuantiles(to matrix: inout Matrix) {
    let columns = offset.count
    precondition(matrix.columns == columns, "a scaler of \(columns) columns cannot scale \(matrix.columns)")
    let count = quantiles.count / max(1, columns)
    for column in 0..<columns {
      let values = (0..<count).map { Double(quantiles[$0 * columns + column]) }
      for row in 0..<matrix.rows {
        matrix[row, column] = Float(Self.place(of: Double(matrix[row, column]), among: values))
      }
    }
  }

  /// Between 0 and 1. Among equal quantiles the middle, which is what interpolating from both sides comes to.
  private static func place(of x: Double, among values: [Double]) -> Double {
    guard let first = values.first, let last = values.last, values.count > 1 else { return 0 }
    if x <= first { return 0 }
    if x >= last { return 1 }
    // The first value not below x, and the first above it.
    func index(where isAfter: (Double) -> Bool) -> Int {
      var (low, high) = (0, values.count)
      while low < high {
        let middle = (low + high) / 2
        if isAfter(values[middle]) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    let (from, to) = (index { $0 >= x }, index { $0 > x })
    let step = 1 / Double(values.count - 1)
    if from < to { return 0.5 * Double(from + to - 1) * step }
    return (Double(from - 1) + (x - values[from - 1]) / (values[from] - values[from - 1])) * step
  }
}
