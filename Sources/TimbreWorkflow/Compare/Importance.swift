import Foundation
import TimbreCore
import TimbreEvaluation
import TimbreReport

/// What a model loses when a part of its input says nothing any more: permutation importance (Breiman 2001), on held-out rows.
///
/// A group's columns are exchanged between the test rows together, so that what its columns tell about one another is kept, and what they
/// tell about the class is not. The drop in UAR is its importance. A sequence's bins are exchanged with all their frames; where the other
/// row has fewer, these follow once more.
public struct Importance: Sendable {
  public struct Line: Sendable {
    /// A feature node, or a column.
    public var name: String
    public var columns: Int
    /// Mean drop in UAR over the exchanges, and the middle 95 % of the single drops.
    public var drop: Double
    public var interval: Interval
  }

  /// UAR with everything in place.
  public let uar: Double
  public let rows: Int
  public let repeats: Int
  /// By their drop, the largest first.
  public let lines: [Line]

  /// - Parameters:
  ///   - path: A finished run; of one with folds every fold's model is asked about its own test rows.
  ///   - byColumn: Whether each column is looked at, rather than each feature node.
  /// - Throws: A `.badRun` diagnostic where the folder lacks what is needed.
  public init(
    ofRun path: String, registry: Registry, byColumn: Bool = false, repeats: Int = 20, seed: UInt64 = 0, jobs: Int = 1
  ) async throws {
    let run = try RunRecord(reading: path)
    func bad(_ message: String, help: String? = nil) -> Diagnostic {
      Diagnostic(.badRun, message, help: help, subject: path)
    }
    if run.workflow["scale"]?.stringValue == ScalerKind.standardPerSpeaker.rawValue {
      throw bad("the rows were scaled by speaker, which a bundle cannot repeat", help: "use another \"scale\"")
    }
    let all = try Rows.read(from: path)
    func table(_ name: String) throws -> CSVTable {
      try CSVTable(
        String(decoding: try AtomicFile.read(path + "/" + name), as: UTF8.self), file: path + "/" + name, delimiter: ","
      )
    }
    let columns = try table("features/columns.csv")
    let predictions = try table("predictions.csv")
    guard let names = columns.column("name"), let nodes = columns.column("feature"), names.count == all.shape.columns,
      let rows = predictions.column("row")?.compactMap({ Int($0) }), let labels = predictions.column("label"),
      rows.count == labels.count, rows.allSatisfy({ (0..<all.count).contains($0) })
    else { throw bad("its tables do not fit together", help: "run it again") }
    let folds = predictions.column("fold")
    var parts: [(bundle: Bundle, members: [Int])] = []
    for fold in folds.map({ fold in Array(Set(fold)).sorted() }) ?? [""] {
      let members = rows.indices.filter { folds == nil || folds?[$0] == fold }
      let place = folds == nil ? path : path + "/folds/" + RunFolder.folderName(clip: fold)
      parts.append((try Bundle(reading: place, registry: registry), members))
    }
    let classes = parts[0].bundle.labels
    let truth = labels.map { classes.firstIndex(of: $0) ?? 0 }
    var groups: [(name: String, columns: [Int])] = []
    for column in names.indices {
      let name = byColumn ? names[column] : nodes[column]
      if let index = groups.firstIndex(where: { $0.name == name }) {
        groups[index].columns.append(column)
      } else {
        groups.append((name, [column]))
      }
    }
    let models = parts
    /// UAR of all parts, with some columns exchanged within each.
    @Sendable func score(_ exchanged: [Int], _ random: inout RandomSource) throws -> Double {
      var predicted = [Int](repeating: 0, count: rows.count)
      for (bundle, members) in models {
        var part = all.selecting(members.map { rows[$0] })
        if !exchanged.isEmpty { part.exchange(exchanged, random.permutation(members.count)) }
        let answers = Metrics.predictions(of: try bundle.probabilities(part, jobs: 1))
        for (index, member) in members.enumerated() { predicted[member] = answers[index] }
      }
      return Metrics(truth: truth, predicted: predicted, classes: classes, resamples: 0).scores.uar
    }
    var none = RandomSource(seed: seed)
    let whole = try score([], &none)
    let found = await mapInOrder(groups, jobs: jobs) { group in
      Result<Line, any Error> {
        let drops = try (0..<repeats).map { number in
          var random = RandomSource(seed: seed, "importance", group.name, String(number))
          return whole - (try score(group.columns, &random))
        }
        let sorted = drops.sorted()
        func at(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] }
        return Line(
          name: group.name, columns: group.columns.count, drop: drops.reduce(0, +) / Double(max(1, drops.count)),
          interval: Interval(lower: at(0.025), upper: at(0.975)))
      }
    }
    uar = whole
    self.rows = rows.count
    self.repeats = repeats
    lines = try found.map { try $0.get() }.enumerated().sorted {
      ($1.element.drop, $0.offset) < ($0.element.drop, $1.offset)
    }
    .map(\.element)
  }

  public var text: String {
    let header = ["feature", "columns", "drop in UAR", "95 % of \(repeats) exchanges"]
    let table = lines.map { line in
      [
        line.name, String(line.columns), Numbers.fixed(line.drop, 4),
        "\(Numbers.fixed(line.interval.lower, 4)) to \(Numbers.fixed(line.interval.upper, 4))",
      ]
    }
    return "UAR \(Numbers.fixed(uar, 3)) on \(rows) held-out rows\n\n" + TextTable.text([header] + table)
  }

  public var csv: String {
    CSV.text(
      header: ["feature", "columns", "uar_drop", "lower", "upper"],
      rows: lines.map { line in
        [line.name, String(line.columns)]
          + [line.drop, line.interval.lower, line.interval.upper].map { CSV.number($0) }
      })
  }

  public var json: JSONValue {
    [
      "uar": .number(uar), "rows": .int(rows), "repeats": .int(repeats),
      "features": .array(
        lines.map { line in
          [
            "name": .string(line.name), "columns": .int(line.columns), "uar_drop": .number(line.drop),
            "interval": line.interval.json,
          ]
        }),
    ]
  }
}

extension Rows {
  /// Gives each row the given columns of another one, a sequence those of all its frames.
  mutating func exchange(_ columns: [Int], _ others: [Int]) {
    let original = self
    let frames = count == 0 ? 1 : shape.count / max(1, shape.columns)
    changeUnits { units in
      for (row, other) in others.enumerated() {
        let available = original.length(of: other)
        for frame in 0..<original.length(of: row) {
          let (to, from) = (row * frames + frame, other * frames + frame % available)
          for column in columns {
            units[to, column] = original.matrix.values[from * original.shape.columns + column]
          }
        }
      }
    }
  }
}
