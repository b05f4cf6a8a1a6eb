import TimbreCore

/// Boosted trees: for each class a sum of leaves, one leaf a tree; for two classes a single sum, the second's.
public struct TreeModel: TrainedModel, RowModel {
  public let history: [TrainingRecord]
  public let tensors: [Tensor]
  let columns: Int
  let classes: Int
  let present: [Int]
  /// Where each tree's nodes are; tree t belongs to sum t mod `groups`.
  private let trees: [Range<Int>]
  /// The column that a node asks for; −1 for a leaf.
  private let features: [Int]
  /// A node's threshold, a leaf's value.
  private let values: [Float]
  /// Where in its tree a node continues for a number that is not below the threshold. For one below it, the next node.
  private let others: [Int]

  /// The nodes of all trees.
  public var parts: [ModelPart]? {
    [ModelPart(name: "trees", shape: [trees.count / groups, groups], parameters: features.count)]
  }

  package static func groups(_ classes: Int) -> Int { classes == 2 ? 1 : classes }
  private var groups: Int { Self.groups(present.count) }

  package init(_ tensors: [Tensor], history: [TrainingRecord] = [], columns: Int, classes: Int) throws {
    self.history = history
    self.tensors = tensors
    self.columns = columns
    self.classes = classes
    var reader = TensorReader(tensors)
    present = try reader.takePresent(classes: classes)
    let sizes = try reader.takeIndices("tree_sizes", shape: [nil], in: 1..<Tensor.largestIndex)
    var trees: [Range<Int>] = []
    for size in sizes { trees.append((trees.last?.upperBound ?? 0)..<(trees.last?.upperBound ?? 0) + size) }
    self.trees = trees
    let count = trees.last?.upperBound ?? 0
    features = try reader.takeIndices("features", shape: [count], in: -1..<columns)
    values = try reader.take("values", shape: [count]).values
    others = try reader.takeIndices("others", shape: [count], in: 0..<Tensor.largestIndex)
    try reader.finish()
    // Every step leads further into the same tree, so each way ends at a leaf.
    for tree in trees {
      for node in tree where features[node] >= 0 {
        let other = tree.lowerBound + others[node]
        guard other > node + 1, tree.contains(other) else {
          throw Diagnostic(.badModel, "the tensor \"others\" leads out of a tree at node \(node)")
        }
      }
    }
    guard trees.count.isMultiple(of: Self.groups(present.count)) else {
      throw Diagnostic(.badModel, "the tensor \"tree_sizes\" has no whole number of rounds")
    }
  }

  /// The sums of leaves, added up in the order and precision of XGBoost's.
  package func margins(_ row: Span<Float>) -> [Float] {
    // XGBoost's base score of 0.5 is a probability where there are two classes.
    var sums = [Float](repeating: groups == 1 ? 0 : 0.5, count: groups)
    for (index, tree) in trees.enumerated() {
      var node = tree.lowerBound
      while features[node] >= 0 {
        node = row[features[node]] < values[node] ? node + 1 : tree.lowerBound + others[node]
      }
      sums[index % groups] += values[node]
    }
    return sums
  }

  func probabilities(of row: Span<Float>) -> [Double] {
    let margins = margins(row).map { Double($0) }
    return softmax(groups == 1 ? [0, margins[0]] : margins)
  }
}

extension TreeModel {
  /// The tensors of trees that XGBoost printed.
  /// - Throws: A `.training` diagnostic where a tree has another form than the known one.
  package static func tensors(_ texts: some Sequence<String>, present: [Int], columns: Int) throws -> [Tensor] {
    var (sizes, features, values, others): ([Int], [Int], [Float], [Int]) = ([], [], [], [])
    for text in texts {
      let tree = try printedTree(text)
      sizes.append(tree.count)
      features += tree.map(\.feature)
      values += tree.map(\.value)
      others += tree.map(\.other)
    }
    return [
      Tensor(name: "present", shape: [present.count], indices: present),
      Tensor(name: "tree_sizes", shape: [sizes.count], indices: sizes),
      Tensor(name: "features", shape: [features.count], indices: features),
      Tensor(name: "values", shape: [values.count], values: values),
      Tensor(name: "others", shape: [others.count], indices: others),
    ]
  }

  private struct Node {
    var feature: Int
    var value: Float
    var other: Int
  }

  /// A tree as XGBoost prints it, a node a line, the branch below the threshold right after its node:
  /// ```
  /// 0:[f2<2.45000005] yes=1,no=2,missing=1
  /// 	1:leaf=0.428571433
  /// 	2:leaf=-0.219999999
  /// ```
  private static func printedTree(_ text: String) throws -> [Node] {
    var nodes: [Node] = []
    // Of each node its name and those of its branches.
    var names: [(own: Int, below: Int, other: Int)] = []
    for line in text.split(separator: "\n") {
      let fields = line.drop { $0 == "\t" }.split { ":[<]=, ".contains($0) }
      if fields.count == 3, fields[1] == "leaf", let name = Int(fields[0]), let value = Float(fields[2]) {
        nodes.append(Node(feature: -1, value: value, other: 0))
        names.append((name, 0, 0))
      } else if fields.count >= 7, fields[3] == "yes", fields[5] == "no", fields[1].first == "f",
        let name = Int(fields[0]), let feature = Int(fields[1].dropFirst()), let value = Float(fields[2]),
        let below = Int(fields[4]), let other = Int(fields[6])
      {
        nodes.append(Node(feature: feature, value: value, other: 0))
        names.append((name, below, other))
      } else {
        throw Diagnostic(
          .training, "XGBoost printed a tree in an unknown form: \(line)",
          help: "install Debian's libxgboost0, version 1.7")
      }
    }
    let places = Dictionary(names.enumerated().map { ($1.own, $0) }) { first, _ in first }
    for index in nodes.indices where nodes[index].feature >= 0 {
      guard let other = places[names[index].other], index + 1 < nodes.count, names[index + 1].own == names[index].below
      else {
        throw Diagnostic(
          .training, "XGBoost printed the branches of a tree in an unknown order",
          help: "install Debian's libxgboost0, version 1.7")
      }
      nodes[index].other = other
    }
    return nodes
  }
}
