import Testing
import TimbreCore
import TimbreEvaluation

@Suite struct ScalerTests {
  @Test func agreesWithScikitLearn() throws {
    for item in try Golden.load().scaling {
      let matrix = Matrix(rows: item.rows, columns: item.columns, values: item.values)
      for (kind, expected) in [
        (ScalerKind.standard, item.standard), (.minMax, item.min_max), (.robust, item.robust),
      ] {
        var scaled = matrix
        let scaler = Scaler.fit(kind, matrix, rows: item.train)
        scaler.apply(to: &scaled)
        for column in 0..<item.columns {
          let ours = (0..<item.rows).map { Double(scaled[$0, column]) }
          let theirs = (0..<item.rows).map { expected[$0 * item.columns + column] }
          // The offset is kept in single precision: its rounding counts in units of the scale.
          let rounding = 2 * Double(abs(scaler.offset[column]) / scaler.scale[column]) * 0x1p-24
          let size = theirs.map(abs).max() ?? 0
          let error = zip(ours, theirs).map { abs($0 - $1) }.max() ?? 0
          #expect(error <= 4e-7 * size + rounding, "\(kind) column \(column): \(ours) against \(theirs)")
        }
      }
    }
  }

  @Test func quantilesAgreeWithScikitLearn() throws {
    for item in try Golden.load().scaling {
      let matrix = Matrix(rows: item.rows, columns: item.columns, values: item.values)
      let scaled = Scaler.fit(.quantile, matrix, rows: item.train).applied(to: matrix)
      // A quantile is kept in single precision: between two that lie close together that may be a step of the scale.
      let error = zip(scaled.values, item.quantile).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(error <= 1e-5, "\(error)")
    }
  }

  @Test func eachSpeakerIsScaledByItsOwnUnalteredRows() {
    let matrix = Matrix(rows: 6, columns: 1, values: [1, 3, 100, 10, 30, 20])
    let scaled = Scaler.perSpeaker(
      Rows(matrix), speakers: ["a", "a", "a", "b", "b", "b"], measures: [true, true, false, true, true, false])
    #expect(scaled.matrix.values == [-1, 1, 98, -1, 1, 0])
    // Nothing is known of unaltered rows: all count.
    let all = Scaler.perSpeaker(
      Rows(Matrix(rows: 2, columns: 1, values: [1, 3])), speakers: ["a", "a"], measures: [false, false])
    #expect(all.matrix.values == [-1, 1])
  }

  /// Three sequences of one to three frames of two bins; what fills them up is no number of theirs.
  private static let sequences: (rows: Rows, frames: Matrix) = {
    let frames: [[Float]] = [[1, 10, 2, 30], [3, -5], [7, 8, 2, 2, 4, 0]]
    let rows = Rows(
      .sequence(frames: 3, bins: 2), values: frames.flatMap { $0 + [Float](repeating: 0, count: 6 - $0.count) },
      rows: 3,
      lengths: [2, 1, 3])
    return (rows, Matrix(rows: 6, columns: 2, values: Array(frames.joined())))
  }()

  @Test(arguments: ScalerKind.allCases) func sequencesAreScaledByTheirRealFrames(_ kind: ScalerKind) {
    let (rows, frames) = Self.sequences
    let scaler = Scaler.fit(kind, rows, rows: [0, 2])
    #expect(scaler.tensors == Scaler.fit(kind, frames, rows: [0, 1, 3, 4, 5]).tensors)
    let scaled = scaler.applied(to: rows)
    let expected = scaler.applied(to: frames).values
    #expect(Array(scaled.row(0)) == Array(expected[..<4]) + [0, 0])
    #expect(Array(scaled.row(1)) == Array(expected[4..<6]) + [0, 0, 0, 0])
    #expect(Array(scaled.row(2)) == Array(expected[6...]))
    #expect(scaled.lengths == rows.lengths)
  }

  @Test func theFramesOfASpeakerScaleItsSequences() {
    let (rows, frames) = Self.sequences
    let scaled = Scaler.perSpeaker(rows, speakers: ["a", "b", "a"], measures: [true, true, true])
    let own = Scaler.fit(.standard, frames, rows: [0, 1, 3, 4, 5]).applied(to: frames).values
    #expect(Array(scaled.row(0)) == Array(own[..<4]) + [0, 0])
    #expect(Array(scaled.row(2)) == Array(own[6...]))
    // A single frame is constant.
    #expect(Array(scaled.row(1)) == [0, 0, 0, 0, 0, 0])
  }

  @Test func onlyTheGivenRowsCount() {
    let matrix = Matrix(rows: 4, columns: 1, values: [0, 2, 1e9, -1e9])
    #expect(Scaler.fit(.standard, matrix, rows: [0, 1]).tensors.map(\.values) == [[1], [1]])
    #expect(Scaler.fit(.minMax, matrix, rows: [0, 1]).tensors.map(\.values) == [[0], [2]])
  }

  @Test(arguments: [ScalerKind.standard, .minMax])
  func constantColumnsBecomeZero(_ kind: ScalerKind) {
    var matrix = Matrix(rows: 7, columns: 2, values: (0..<14).map { $0 % 2 == 0 ? 0.1 : 12_345.678 })
    let scaler = Scaler.fit(kind, matrix, rows: Array(0..<7))
    #expect(scaler.scale == [1, 1])
    scaler.apply(to: &matrix)
    #expect(matrix.values.allSatisfy { $0 == 0 })
  }

  @Test func smallestNumbersStayFinite() {
    var matrix = Matrix(rows: 3, columns: 1, values: [0, .leastNonzeroMagnitude, 0])
    for kind in ScalerKind.allCases {
      Scaler.fit(kind, matrix, rows: [0, 1, 2]).apply(to: &matrix)
      #expect(matrix.values.allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: ScalerKind.allCases)
  func survivesItsBundle(_ kind: ScalerKind) throws {
    let matrix = Matrix(rows: 3, columns: 2, values: [1, 2, 3, 5, 8, 13])
    let scaler = Scaler.fit(kind, matrix, rows: [0, 1, 2])
    let restored = try Scaler(kind: kind, tensors: scaler.tensors, columns: 2)
    #expect(restored == scaler)
    let names: Set<String> =
      switch kind {
      case .none: []
      case .quantile: ["scaler.quantiles"]
      default: ["scaler.offset", "scaler.scale"]
      }
    #expect(Set(scaler.tensors.map(\.name)) == names)
  }

  @Test(
    arguments: [
      ([("scaler.scale", [1, 1])], "\"scaler.offset\" is missing"),
      ([("scaler.offset", [1, 1])], "\"scaler.scale\" is missing"),
      ([("scaler.offset", [1]), ("scaler.scale", [1, 1])], "has shape [1]"),
      ([("scaler.offset", [1, .nan]), ("scaler.scale", [1, 1])], "not finite"),
      ([("scaler.offset", [1, 1]), ("scaler.scale", [1, 0])], "not above 0"),
      ([("scaler.offset", [1, 1]), ("scaler.scale", [1, 2]), ("x", [0])], "no use for the tensor \"x\""),
    ] as [([(String, [Float])], String)])
  func badTensorsAreNamed(_ tensors: [(String, [Float])], _ message: String) {
    let error = #expect(throws: Diagnostic.self) {
      try Scaler(
        kind: .standard, tensors: tensors.map { Tensor(name: $0.0, shape: [$0.1.count], values: $0.1) }, columns: 2)
    }
    #expect(error?.kind == .badModel)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test func noScalerHasNoTensors() {
    let error = #expect(throws: Diagnostic.self) {
      try Scaler(kind: .none, tensors: [Tensor(name: "scaler.scale", shape: [1], values: [1])], columns: 1)
    }
    #expect(error?.kind == .badModel)
  }
}
