import Foundation
import TimbreCore

/// What a job has made of one view of a clip. Its files go when nobody needs them any more.
final class LiveView: Sendable {
  let folder: TemporaryFolder
  /// As the API answers it.
  let json: JSONValue
  let bytes: Int

  init(folder: TemporaryFolder, json: JSONValue, bytes: Int) {
    self.folder = folder
    self.json = json
    self.bytes = bytes
  }

  var audio: String { folder.path + "/audio.wav" }

  /// The place of a feature among those of the workflow.
  func index(of feature: String) throws -> Int {
    let names = json["features"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
    guard let index = names.firstIndex(of: feature) else {
      throw Refusal.notFound(
        "the run has no feature \"\(feature)\"",
        help: suggestion(for: feature, among: names) ?? "features: \(names.joined(separator: ", "))")
    }
    return index
  }
}

/// The views of clips that were looked at last: a page asks for the audio and every feature of a view, a player for parts of the
/// audio, and all of it is computed once.
actor LiveClips {
  struct Key: Hashable {
    var run: String
    /// Of the run's `run.json`.
    var stamp: String
    var clip: String
    var view: String
  }

  private struct Entry {
    var key: Key
    var task: Task<LiveView, any Error>
    var bytes = 0
  }

  /// The latest at the end.
  private var entries: [Entry] = []
  private static let most = 24
  private static let mostBytes = 512 << 20

  func view(_ key: Key, make: @escaping @Sendable () async throws -> LiveView) async throws -> LiveView {
    if let index = entries.firstIndex(where: { $0.key == key }) {
      let entry = entries.remove(at: index)
      entries.append(entry)
      return try await entry.task.value
    }
    let task = Task { try await make() }
    entries.append(Entry(key: key, task: task))
    do {
      let view = try await task.value
      if let index = entries.firstIndex(where: { $0.key == key }) { entries[index].bytes = view.bytes }
      while entries.count > 1, entries.count > Self.most || entries.map(\.bytes).reduce(0, +) > Self.mostBytes {
        entries.removeFirst()
      }
      return view
    } catch {
      entries.removeAll { $0.key == key }
      throw error
    }
  }
}
