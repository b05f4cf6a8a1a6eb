import TimbreAudio
import TimbreCore
import TimbreReport

/// Whether what a folder holds was computed from the data as it is now: numbers of two states of a dataset are not to be put side by side.
public struct DataCheck: Sendable {
  let jobs: Int

  /// The member of `run.json` that holds the mark.
  static let key = "data_fingerprint"

  public init(jobs: Int) { self.jobs = jobs }

  /// - Parameter runs: Folders with what is carried out in them; those that have not finished are passed over.
  /// - Throws: A `.badRun` diagnostic for the first that was made from other data.
  public func check(_ runs: [(path: String, plan: Plan)]) async throws {
    // Trials mostly share their data.
    var marks: [JSONValue: String] = [:]
    for (path, plan) in runs {
      guard FileSystem.exists(path + "/run.json") else { continue }
      let run = try RunSummary.read("run.json", in: path)
      guard run["state"]?.stringValue == RunFolder.State.finished.rawValue, let made = run[Self.key]?.stringValue,
        let dataset = plan.dataset
      else { continue }
      let origin: JSONValue = .array(["dataset", "label_map", "load", "views"].map { plan.resolved[$0] ?? .null })
      let mark: String
      if let known = marks[origin] {
        mark = known
      } else {
        let list = try dataset.clips()
        let hashes = await mapInOrder(list.clips, jobs: jobs) { clip in
          (try? load(clip.source, options: plan.recipe.load))?.contentHash
        }
        mark = Self.mark(of: list, plan) { hashes[$0] }
      }
      marks[origin] = mark
      if made != mark { throw Self.other(path, try dataset.clips(), plan) }
    }
  }

  /// Everything that a run's numbers depend on besides its workflow, as 32 hex digits: the clips, what is said of them, and how they
  /// sound. Of files that views mix in only when they were written and how long they are, for these may be very many.
  ///
  /// - Parameter contentHash: Of the clip with an index, as decoded; nil where it cannot be.
  static func mark(of list: ClipList, _ plan: Plan, contentHash: (Int) -> String?) -> String {
    var words: [UInt64] = [0, 0]
    // Text after text, each with the mark so far before it: all in one would take as much memory as short clips' vectors.
    func take(_ texts: [String]) {
      let parts = words.map { String($0, radix: 16) } + texts
      let hash = fingerprint(Array(parts.joined(separator: "\u{0}").utf8))
      words = [hash.high, hash.low]
    }
    take(list.labels)
    for (index, clip) in list.clips.enumerated() {
      var texts = [clip.id, clip.label, clip.speaker ?? "", contentHash(index) ?? ""]
      for attribute in clip.attributes { texts.append("\(attribute.name)=\(attribute.value)") }
      take(texts)
    }
    let steps = (plan.resolved["views"]?.members ?? []).flatMap { $0.value.arrayValue ?? [] }
    for path in steps.flatMap({ $0["path"]?.strings ?? [] }) {
      let files = (try? AudioFiles.list(under: path, wanted: "").files.map(\.path)) ?? [path]
      for file in files { take([file, "\(FileSystem.changed(file))"]) }
    }
    return words.map(\.hexadecimal).joined()
  }

  /// That a folder belongs to another state of the data, with what differs first.
  static func other(_ path: String, _ list: ClipList, _ plan: Plan) -> Diagnostic {
    Diagnostic(
      .badRun, "was made from other data: \(difference(path, list, plan) ?? "the dataset has changed since")",
      help: "run it anew in another folder, or put the data back", subject: path)
  }

  /// What `clips.csv` says otherwise than the dataset does now. Decodes recordings, until one is another.
  private static func difference(_ path: String, _ list: ClipList, _ plan: Plan) -> String? {
    let name = path + "/clips.csv"
    guard let bytes = try? AtomicFile.read(name),
      let table = try? CSVTable(String(decoding: bytes, as: UTF8.self), file: name, delimiter: ","),
      let ids = table.column("id"), let labels = table.column("label"), let speakers = table.column("speaker"),
      let hashes = table.column("content_hash")
    else { return nil }
    let rows = Dictionary(ids.enumerated().map { ($1, $0) }) { first, _ in first }
    for clip in list.clips {
      guard let row = rows[clip.id] else { return "clip \(clip.id) is new" }
      if labels[row] != clip.label {
        return "the label of clip \(clip.id) was \"\(labels[row])\", and is \"\(clip.label)\""
      }
      if speakers[row] != clip.speaker ?? "" {
        return "the speaker of clip \(clip.id) was \"\(speakers[row])\", and is \"\(clip.speaker ?? "")\""
      }
    }
    let present = Set(list.clips.map(\.id))
    if let gone = ids.first(where: { !$0.isEmpty && !present.contains($0) }) { return "clip \(gone) is gone" }
    for clip in list.clips {
      guard let row = rows[clip.id], !hashes[row].isEmpty else { continue }
      let hash = try? load(clip.source, options: plan.recipe.load).contentHash
      if hash != hashes[row] { return "the recording of clip \(clip.id) is another" }
    }
    return nil
  }
}

extension JSONValue {
  /// Itself, or what stands anywhere in it.
  fileprivate var strings: [String] {
    if let text = stringValue { return [text] }
    return (arrayValue ?? members?.map(\.value) ?? []).flatMap(\.strings)
  }
}
