import TimbreCore
import TimbreMachine

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

  /// A table of kernel values, as libsvm takes one: in each row a node with the row's number, from 1, then one a column.
  ///
  /// - Parameter value: Of two rows; it is asked for once for each two.
  init(table count: Int, _ workers: Workers, make: (Int32, Double) -> Node, value: (Int, Int) -> Double) {
    let nodes = UnsafeMutableBufferPointer<Node>.allocate(capacity: count * (count + 1))
    nonisolated(unsafe) let shared = unsafe nodes
    workers.run(count) { first, _ in
      unsafe shared.initializeElement(at: first * (count + 1), to: make(0, Double(first + 1)))
      for second in 0...first {
        let node = make(Int32(second + 1), value(first, second))
        unsafe shared.initializeElement(at: first * (count + 1) + second + 1, to: node)
        if second < first { unsafe shared.initializeElement(at: second * (count + 1) + first + 1, to: node) }
      }
    }
    unsafe self.nodes = nodes
    starts = (0..<count).map { $0 * (count + 1) }
  }

  func node(of row: Int, at offset: Int) -> Node { unsafe nodes[starts[row] + offset] }

  deinit { unsafe nodes.deallocate() }

  /// Where the given rows begin. Valid as long as this object lives.
  func pointers(to rows: some Sequence<Int>) -> [UnsafeMutablePointer<Node>?] {
    unsafe rows.map { row in unsafe nodes.baseAddress.map { unsafe $0 + starts[row] } }
  }
}
