import TimbreCore

/// The picture of a workflow: what flows from the dataset to the scores, from left to right.
public struct WorkflowGraph: Sendable, Hashable {
  public struct Node: Sendable, Hashable {
    /// Names it in edges, and for scripts the place in the workflow, such as `features.mfcc`.
    public var id: String
    public var title: String
    /// A few words below the title.
    public var detail: String
    /// Counts from the left. What shares the last column follows from top to bottom.
    public var column: Int
    /// Whether something is wrong with it.
    public var isMarked: Bool
    /// Whether it is a place in the workflow, to be clicked on.
    public var isPlace: Bool

    public init(
      _ id: String, _ title: String, _ detail: String = "", column: Int, isMarked: Bool = false, isPlace: Bool = true
    ) {
      self.id = id
      self.title = title
      self.detail = detail
      self.column = column
      self.isMarked = isMarked
      self.isPlace = isPlace
    }

    /// A point where many lines meet; it has no text.
    public static func joint(_ id: String, column: Int) -> Node { Node(id, "", column: column, isPlace: false) }
    fileprivate var isJoint: Bool { title.isEmpty }
  }

  public struct Edge: Sendable, Hashable {
    public var from: String
    public var to: String

    public init(_ from: String, _ to: String) {
      self.from = from
      self.to = to
    }
  }

  public var nodes: [Node] = []
  public var edges: [Edge] = []
  /// One sentence that says the same; screen readers speak it.
  public var sentence = ""

  public init() {}

  /// A drawing for a page with links in it, which a picture with the role of an image could not have.
  public var inline: String {
    let layout = Layout(self)
    var drawing = Drawing()
    for edge in edges {
      guard let from = layout.places[edge.from], let to = layout.places[edge.to] else { continue }
      if from.x == to.x {
        let middle = from.x + from.width / 2
        drawing.line(middle, from.y + from.height, middle, to.y - 4, "edge")
        drawing.path([(middle - 4, to.y - 7), (middle + 4, to.y - 7), (middle, to.y)], "tip", closed: true)
      } else {
        let isTipped = to.height > 0
        let (end, y) = (to.x - (isTipped ? 5 : 0), to.y + to.height / 2)
        drawing.curve(from.x + from.width, from.y + from.height / 2, end, y, "edge")
        if isTipped { drawing.path([(to.x - 7, y - 4), (to.x - 7, y + 4), (to.x, y)], "tip", closed: true) }
      }
    }
    for node in nodes where !node.isJoint {
      guard let place = layout.places[node.id] else { continue }
      let style = node.isMarked ? "node marked" : "node"
      if node.isPlace {
        let words = [node.id, node.detail, node.isMarked ? "has findings" : ""].filter { !$0.isEmpty }
        drawing.link("#" + node.id, name: words.joined(separator: ": "), data: node.id, style) {
          Self.draw(node, place, &$0)
        }
      } else {
        Self.draw(node, place, &drawing)
      }
    }
    let n = SVG.number
    return "<svg class=\"chart graph\" width=\"\(n(layout.width))\" height=\"\(n(layout.height))\" viewBox=\"0 0 "
      + "\(n(layout.width)) \(n(layout.height))\" role=\"group\" aria-label=\"\(Markup.escape(sentence))\">\(drawing.body)</svg>"
  }

  private static func draw(_ node: Node, _ place: Layout.Place, _ drawing: inout Drawing) {
    drawing.rect(place.x, place.y, place.width, place.height, "box", radius: 8)
    let left = place.x + 12
    let isAlone = node.detail.isEmpty
    drawing.text(
      Layout.cut(node.title, to: place.width - 24, letter: Layout.titleLetter), left, place.y + (isAlone ? 27 : 19),
      "strong")
    if !isAlone {
      drawing.text(
        Layout.cut(node.detail, to: place.width - 24, letter: Layout.detailLetter), left, place.y + 35, "small")
    }
  }
}

/// Where everything stands.
private struct Layout {
  struct Place {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
  }

  static let titleLetter = 7.4
  static let detailLetter = 6.1
  private static let height = 44.0
  private static let gap = 14.0
  private static let step = 40.0
  private static let margin = 4.0

  var places: [String: Place] = [:]
  var width = 0.0
  var height = 0.0

  init(_ graph: WorkflowGraph) {
    let last = graph.nodes.map(\.column).max() ?? 0
    let columns = (0...last).map { column in graph.nodes.filter { $0.column == column } }
    let tall = columns.map { Double($0.count) * (Self.height + Self.gap) - Self.gap }.max() ?? 0
    var x = Self.margin
    for nodes in columns where !nodes.isEmpty {
      let isJoint = nodes.allSatisfy { $0.title.isEmpty }
      let widest = nodes.map { node in
        max(Double(node.title.count) * Self.titleLetter, Double(node.detail.count) * Self.detailLetter)
      }
      let width = isJoint ? 0 : min(max((widest.max() ?? 0) + 24, 92), 220)
      var y = Self.margin + (tall - Double(nodes.count) * (Self.height + Self.gap) + Self.gap) / 2
      for node in nodes {
        places[node.id] = Place(
          x: x, y: isJoint ? y + Self.height / 2 : y, width: width, height: isJoint ? 0 : Self.height)
        y += Self.height + Self.gap
      }
      x += width + (isJoint ? Self.step * 0.75 : Self.step)
    }
    width = max(0, x - Self.step + Self.margin)
    height = max(0, tall + 2 * Self.margin)
  }

  /// As much of a text as there is room for.
  static func cut(_ text: String, to width: Double, letter: Double) -> String {
    let most = Int(width / letter + 0.5)
    return text.count <= most ? text : text.prefix(max(1, most - 1)) + "…"
  }
}
