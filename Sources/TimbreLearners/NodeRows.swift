import TimbreCore

/// Rows in the form of libsvm and liblinear: for each number that is not zero a node of index (from 1) and value, then one of index −1.
///
/// Owns the memory; the libraries only read it.
@safe final class NodeRows<Node: BitwiseCopyable>: @unchecked Sendable {
  private let nodes: UnsafeMutableBufferPointer<Node>
  private let starts: [Int]

  /// - Parameters:
  ///   - constant: A last column for the intercept; nil for none.
  ///   - make: A node of index and value.
  init(_ rows: Matrix, constant: Double?, make: (Int32, Double) -> Node) {
    let count = rows.values.count { $0 != 0 } + rows.rows * (constant == nil ? 1 : 2)
    let nodes = UnsafeMutableBufferPointer<Node>.allocate(capacity: count)
    var starts: [Int] = []
    var next = 0
    func add(_ index: Int, _ value: Double) {
      unsafe nodes.initializeElement(at: next, to: make(Int32(index), value))
      next += 1
    }
    for row in 0..<rows.rows {
      starts.append(next)
      for (column, value) in rows.row(row).enumerated() where value != 0 { add(column + 1, Double(value)) }
      if let constant { add(rows.columns + 1, constant) }
      add(-1, 0)
    }
    unsafe self.nodes = nodes
    self.starts = starts
  }

  deinit { unsafe nodes.deallocate() }

  /// Where the given rows begin. Valid as long as this object lives.
  func pointers(to rows: some Sequence<Int>) -> [UnsafeMutablePointer<Node>?] {
    unsafe rows.map { row in unsafe nodes.baseAddress.map { unsafe $0 + starts[row] } }
  }
}
