import TimbreCore

/// Where the clips of a workflow come from: one dataset, or several joined, with their labels brought to one set of names.
public struct DatasetSource: Sendable {
  /// Names tell joined datasets apart: those of their plugins, numbered where one stands twice.
  let readers: [(name: String, plugin: String, reader: any DatasetReader)]
  let labelMap: LabelMap

  init(_ readers: [(plugin: String, reader: any DatasetReader)], labelMap: LabelMap) {
    var seen: [String: Int] = [:]
    self.readers = readers.map { plugin, reader in
      let name = plugin.split(separator: ".").last.map(String.init) ?? plugin
      seen[name, default: 0] += 1
      let count = seen[name] ?? 1
      return (count == 1 ? name : "\(name)_\(count)", name, reader)
    }
    self.labelMap = labelMap
  }

  /// The clips of all datasets, one after the other. Joined, ids and speakers begin with the dataset's name, and a column `dataset`
  /// says where a clip comes from.
  /// - Throws: A `Diagnostic` when a dataset cannot be read, or the label map names a label that no clip has.
  public func clips() throws -> ClipList {
    var lists: [ClipList] = []
    for (name, _, reader) in readers {
      do {
        lists.append(try reader.clips())
      } catch let diagnostic as Diagnostic where readers.count > 1 {
        throw diagnostic.about(diagnostic.subject ?? name)
      }
    }
    if lists.count == 1 { return try labelMap.applied(to: lists[0]) }
    var joined = ClipList(clips: [])
    for (list, (name, plugin, _)) in zip(lists, readers) {
      joined.clips += list.clips.map { clip in
        var clip = clip
        clip.id = "\(name)/\(clip.id)"
        // Some readers name the corpus themselves: "emodb_03".
        clip.speaker = clip.speaker.map {
          "\(name)/\($0.hasPrefix(plugin + "_") ? $0.dropFirst(plugin.count + 1) : $0[...])"
        }
        clip.attributes.insert(("dataset", name), at: 0)
        return clip
      }
      joined.labels += list.labels.filter { !joined.labels.contains($0) }
      joined.rejected += list.rejected
    }
    return try labelMap.applied(to: joined)
  }
}

/// `"label_map"`: other names for labels, or null for those that are left out.
struct LabelMap: Sendable {
  var names: [(from: String, to: String?)] = []

  init(_ json: JSONValue) {
    names = (json.members ?? []).map { ($0.key, $0.value.stringValue) }
  }

  func applied(to list: ClipList) throws -> ClipList {
    if names.isEmpty { return list }
    let present = Set(list.clips.map(\.label))
    for (name, _) in names where !present.contains(name) {
      throw Diagnostic(
        .badDataset, "label_map names the label \"\(name)\", which no clip has",
        help: suggestion(for: name, among: present.sorted()) ?? "labels: \(present.sorted().joined(separator: ", "))")
    }
    let map = Dictionary(names.map { ($0.from, $0.to) }, uniquingKeysWith: { first, _ in first })
    var result = list
    result.clips = list.clips.compactMap { clip in
      guard let name = map[clip.label] else { return clip }
      guard let name else {
        result.rejected.append(
          Diagnostic(
            .badDataset, "label_map leaves out the label \"\(clip.label)\"", subject: clip.id, severity: .warning))
        return nil
      }
      var clip = clip
      clip.label = name
      return clip
    }
    var labels: [String] = []
    for label in list.labels.compactMap({ map[$0] ?? .some($0) }) where !labels.contains(label) { labels.append(label) }
    result.labels = labels
    return result
  }
}
