import CLibSVM
import TimbreCore
import TimbreMachine

/// How alike the rows of two classes are.
///
/// Six machines ask for the same values, so a table of them is made first, unless the rows are very many.
struct PairKernel: Sendable {
  let matrix: Matrix
  /// Of the RBF kernel; nil for the linear one.
  let gamma: Double?
  /// What libsvm is given: the table, or the rows themselves.
  let rows: LibSVM.Rows
  let isTable: Bool

  /// Bytes of the largest table.
  private static let largest = 1 << 30

  init(_ matrix: Matrix, gamma: Double?, _ workers: Workers) {
    self.matrix = matrix
    self.gamma = gamma
    isTable = (matrix.rows + 1) * matrix.rows * MemoryLayout<svm_node>.stride <= Self.largest
    if isTable {
      rows = LibSVM.Rows(table: matrix.rows, workers, make: { svm_node(index: $0, value: $1) }) { first, second in
        let (all, columns) = (matrix.values.span, matrix.columns)
        return kernelValue(
          all.extracting(first * columns..<(first + 1) * columns),
          all.extracting(second * columns..<(second + 1) * columns), gamma: gamma)
      }
    } else {
      rows = LibSVM.Rows(matrix, constant: nil) { svm_node(index: $0, value: $1) }
    }
  }

  func decisions(of machine: SupportVectorMachine, for tested: [Int]) -> [Double] {
    let (all, columns) = (matrix.values.span, matrix.columns)
    var values: [Double] = []
    for row in tested {
      var sum = machine.intercept
      for (vector, coefficient) in zip(machine.rows, machine.coefficients) {
        if isTable {
          sum += coefficient * rows.node(of: vector, at: row + 1).value
        } else {
          sum +=
            coefficient
            * kernelValue(
              all.extracting(vector * columns..<(vector + 1) * columns),
              all.extracting(row * columns..<(row + 1) * columns), gamma: gamma)
        }
      }
      values.append(sum)
    }
    return values
  }
}
