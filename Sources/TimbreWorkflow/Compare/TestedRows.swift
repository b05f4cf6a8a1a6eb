import TimbreEvaluation

/// The rows that several runs have tested, under common numbers, so that any two runs are put side by side quickly.
struct TestedRows: Sendable {
  private struct Row {
    /// Which clip and view it is, the same in every run.
    var key: Int
    var label: Int
    var predicted: Int
  }

  /// One a key.
  private var clips: [String] = []
  private var labelCount = 0
  private var rows: [[Row]] = []
  /// Of each run the row of a key, −1 where it has none.
  private var places: [[Int]] = []
  /// One a row of each run.
  private var speakers: [[String]] = []

  init(_ runs: [RunRecord]) {
    let labels = Set(runs.flatMap { $0.predictions.flatMap { [$0.label, $0.predicted] } }).sorted()
    labelCount = labels.count
    let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    var keys: [String: Int] = [:]
    for run in runs {
      rows.append(
        run.predictions.map { row in
          let name = row.clip + "\u{0}" + row.view
          let key = keys[name] ?? clips.count
          if key == clips.count {
            keys[name] = key
            clips.append(row.clip)
          }
          return Row(key: key, label: numbers[row.label] ?? 0, predicted: numbers[row.predicted] ?? 0)
        })
      speakers.append(run.predictions.map(\.speaker))
    }
    places = rows.map { rows in
      var places = [Int](repeating: -1, count: clips.count)
      for (index, row) in rows.enumerated() { places[row.key] = index }
      return places
    }
  }

  /// Whether all runs were tested on the same rows.
  var areShared: Bool { places.allSatisfy { zip($0, places[0]).allSatisfy { ($0 < 0) == ($1 < 0) } } }

  /// Whether two runs have a row in common.
  func meet(_ first: Int, _ second: Int) -> Bool { rows[second].contains { row(of: $0, in: first) != nil } }

  /// - Parameter comparisons: How many are corrected together.
  /// - Returns: The test, and whether its interval is over speakers.
  func test(_ first: Int, _ second: Int, among comparisons: Int) -> (PairedComparison, isOverSpeakers: Bool) {
    var (truth, one, other): ([Int], [Int], [Int]) = ([], [], [])
    var (names, voices): ([String], [String]) = ([], [])
    for row in rows[second] {
      guard let place = self.row(of: row, in: first) else { continue }
      truth.append(row.label)
      one.append(rows[first][place].predicted)
      other.append(row.predicted)
      names.append(clips[row.key])
      voices.append(speakers[first][place])
    }
    let distinct = Set(voices)
    let isOverSpeakers = !distinct.contains("") && distinct.count >= Outcome.leastSpeakers
    let test = PairedComparison(
      truth: truth, first: one, second: other, classCount: labelCount, clips: names,
      clusters: isOverSpeakers ? voices : names, seed: 0, among: comparisons)
    return (test, isOverSpeakers)
  }

  /// Clips that only the first run gets right, and that only the second does, each once.
  func changed(_ first: Int, _ second: Int) -> (lost: [String], won: [String]) {
    var (lost, won) = (Distinct(), Distinct())
    for row in rows[second] {
      guard let place = self.row(of: row, in: first) else { continue }
      switch (rows[first][place].predicted == row.label, row.predicted == row.label) {
      case (true, false): lost.add(clips[row.key])
      case (false, true): won.add(clips[row.key])
      default: break
      }
    }
    return (lost.names, won.names)
  }

  /// Where a run has the same row with the same label.
  private func row(of row: Row, in run: Int) -> Int? {
    let place = places[run][row.key]
    return place >= 0 && rows[run][place].label == row.label ? place : nil
  }
}

/// Names in the order in which they come, each once.
private struct Distinct {
  private(set) var names: [String] = []
  private var seen: Set<String> = []

  mutating func add(_ name: String) { if seen.insert(name).inserted { names.append(name) } }
}
