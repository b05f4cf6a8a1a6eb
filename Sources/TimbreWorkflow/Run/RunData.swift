import TimbreAudio
import TimbreCore
import TimbreEvaluation
import TimbreReport

/// The rows of a run, who they belong to, and the side each is on.
struct RunData: Sendable {
  let clips: [Clip]
  let results: ClipResults
  let rejected: [Diagnostic]
  let viewNames: [String]
  let columns: [Recipe.Column]
  /// All views of the first clip that did not fail, then of the next.
  let rows: Rows
  /// Of sequences: how many frames each row had before cropping.
  let available: [Int]
  let table: SplitTable
  /// Clips that count as one recording though their bytes differ.
  let near: NearIdentical
  /// Index in `clips` for each item of `table`.
  let clipOfItem: [Int]
  let classes: [String]
  /// Class index of each row.
  let truth: [Int]
  /// One, or several that each test a part.
  let folds: [Fold]
  /// Whether the data is divided several times.
  let isFolded: Bool

  /// One division of the rows.
  struct Fold: Sendable {
    /// Its number or who is left out; empty where there is one split.
    var name: String
    var split: Split
    var leaks: LeakReport
  }

  /// - Throws: `.badSplit` or `.leak` where the rows cannot be split honestly.
  init(plan: Plan, list: ClipList, results: ClipResults, near: NearIdentical = NearIdentical()) throws {
    clips = list.clips
    rejected = list.rejected
    viewNames = plan.views.map(\.name)
    columns = try plan.recipe.columns()
    let sound = clips.indices.filter { results.failures[$0] == nil }
    guard !sound.isEmpty else {
      throw Diagnostic(
        .badDataset, "all \(clips.count) clips failed",
        help: clips.indices.first.flatMap { results.failures[$0]?.message })
    }
    // A class must not vanish from the result without a word.
    let labels = Set(clips.map(\.label))
    if let gone = labels.subtracting(sound.map { [clips] in clips[$0].label }).sorted().first {
      throw Diagnostic(
        .badDataset, "every clip of the class \"\(gone)\" failed",
        help: "clips.csv gives the reasons; mend them or leave the class out")
    }
    rows = results.rows(of: sound)
    available = results.available(of: sound)
    self.results = results
    clipOfItem = sound
    let clips = clips
    self.near = near
    let standIns = near.standIns { results.contentHash(ofClip: $0) }
    let silences = NearIdentical.silences(clips, load: plan.recipe.load, results.contentHash)
    table = SplitTable(
      items: sound.map { index in
        let hash = results.contentHash(ofClip: index).flatMap { silences.contains($0) ? nil : $0 }
        return SplitItem(clips[index], contentHash: hash.flatMap { standIns[$0] } ?? hash)
      }, views: viewNames)
    let present = Set(sound.map { clips[$0].label })
    let named = list.labels.filter { present.contains($0) }
    classes = named + present.subtracting(named).sorted()
    let classes = classes
    truth = table.rows.map { [table] row in classes.firstIndex(of: table.items[row.item].label) ?? 0 }
    folds = try plan.split.splits(table, workflowSeed: plan.seed).map { [table] name, split in
      Fold(
        name: name, split: split, leaks: try checkSplit(split, of: table, allowLeak: plan.split.allowLeak))
    }
    isFolded = plan.split.folds != nil
  }

  func clip(ofRow row: Int) -> Clip { clips[clipOfItem[table.rows[row].item]] }
  func view(ofRow row: Int) -> String { viewNames[table.rows[row].view] }

  var failures: [(clip: Clip, reason: Diagnostic)] { results.failures(of: clips) }

  /// The side of each row as an index into names; where there are folds, the one that tests it, or "train" for what none tests.
  private var sides: (names: [String], ofRow: [Int32]) {
    var ofRow = [Int32](repeating: 0, count: table.rows.count)
    guard isFolded else {
      let split = folds[0].split
      for (side, rows) in [split.train, split.validation, split.test].enumerated() {
        for row in rows { ofRow[row] = Int32(side + 1) }
      }
      return (["unused", "train", "validation", "test"], ofRow)
    }
    for (index, fold) in folds.enumerated() {
      for row in fold.split.test { ofRow[row] = Int32(index + 1) }
    }
    return (["train"] + folds.map { "fold " + $0.name }, ofRow)
  }

  /// Begins to write the rows and what is known of them, each file by itself.
  func write(to folder: RunFolder, by writing: BackgroundWriting) throws {
    try folder.make("features")
    writing.begin { try writeClips(to: folder) }
    writing.begin { try rows.write(to: folder, available: available) }
    writing.begin { try writeColumns(to: folder) }
    if !near.pairs.isEmpty { writing.begin { try near.write(clips, to: folder) } }
  }

  private func writeColumns(to folder: RunFolder) throws {
    let table = columns.enumerated().map { index, column in
      [
        String(index), column.name, column.node, column.plugin, column.statistic, column.bin,
        column.unit?.rawValue ?? "",
      ]
    }
    try CSV.write(
      header: ["column", "name", "feature", "plugin", "statistic", "bin", "unit"], rows: table,
      to: folder.file("features/columns.csv"))
  }

  private static let leadingColumns = [
    "row", "id", "file", "label", "speaker", "split", "view", "drawn", "status", "reason", "content_hash",
  ]

  /// One line a row, then one for each clip that failed.
  private func writeClips(to folder: RunFolder) throws {
    let attributes = Self.attributes(of: clips)
    let sides = sides
    // Made as they are written: all lines together would take as much memory as the vectors.
    let lines = table.rows.indices.lazy.map { index in
      let row = table.rows[index]
      let (place, clip) = (clipOfItem[row.item], clip(ofRow: index))
      return [
        String(index), clip.id, clip.file, clip.label, clip.speaker ?? "", sides.names[Int(sides.ofRow[index])],
        viewNames[row.view],
        results.drawn(clip: place, view: row.view), "ok", "", results.contentHash(ofClip: place) ?? "",
      ] + attributes.map { clip.value(of: $0) ?? "" }
    }
    var others = failures.map {
      Self.failureLine($0.clip, $0.reason) + attributes.map { [clip = $0.clip] in clip.value(of: $0) ?? "" }
    }
    others += rejected.map { Self.passedOverLine($0) + attributes.map { _ in "" } }
    try CSV.write(
      header: Self.header(attributes), rows: [AnySequence(lines), AnySequence(others)].joined(),
      to: folder.file("clips.csv"))
  }

  private static func attributes(of clips: [Clip]) -> [String] {
    var names: [String] = []
    var seen: Set<String> = []
    for clip in clips {
      for attribute in clip.attributes where seen.insert(attribute.name).inserted { names.append(attribute.name) }
    }
    return names
  }

  /// The dataset's own columns follow; one that is called like a column of ours gets a prefix.
  private static func header(_ attributes: [String]) -> [String] {
    leadingColumns + attributes.map { leadingColumns.contains($0) ? "dataset_" + $0 : $0 }
  }

  private static func passedOverLine(_ reason: Diagnostic) -> [String] {
    ["", "", reason.subject ?? reason.location?.file ?? "", "", "", "", "", "", "passed over", reason.message, ""]
  }

  private static func failureLine(_ clip: Clip, _ reason: Diagnostic) -> [String] {
    ["", clip.id, clip.file, clip.label, clip.speaker ?? "", "", "", "", "failed", reason.message, ""]
  }

  /// `clips.csv` of a run that stops before it has rows: what failed and what was passed over.
  static func writeFailures(
    _ failures: [(clip: Clip, reason: Diagnostic)], passedOver: [Diagnostic], to folder: RunFolder
  ) throws {
    let lines = failures.map { failureLine($0.clip, $0.reason) } + passedOver.map(passedOverLine)
    try CSV.write(header: leadingColumns, rows: lines, to: folder.file("clips.csv"))
  }
}

extension Clip {
  /// The file for tables; empty for generated audio.
  var file: String { if case .file(let path, _, _) = source { path } else { "" } }
}
