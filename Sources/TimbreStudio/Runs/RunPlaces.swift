import TimbreCore
import TimbreWorkflow

/// What a run's files say of the places on this machine that it has read from, and what clients are told instead.
enum RunPlaces {
  /// The folders and files that the workflow of a run names, `${DATASET}` before all: with a variable of that name set, the resolved
  /// workflow can be run on another machine.
  static func places(of folder: String, known: Redaction) -> [Redaction.Place] {
    var found: [(key: String, path: String)] = []
    if let workflow = Workspace.json(folder + "/workflow.json") { collect(workflow, key: "", into: &found) }
    let words = Workspace.json(folder + "/environment.json")?["command"]?.arrayValue?.compactMap(\.stringValue) ?? []
    for word in words {
      let path = word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) } ?? word
      if path.hasPrefix("/") { found.append(("", parent(path))) }
    }
    var counts: [String: Int] = [:]
    var seen: Set<String> = []
    var places: [Redaction.Place] = []
    for (key, path) in found where path.utf8.count > 1 && !known.knows(path) && seen.insert(path).inserted {
      let name: String
      if key.isEmpty {
        name = "…"
      } else {
        counts[key, default: 0] += 1
        name = "${\(key)\(counts[key, default: 1] > 1 ? "_\(counts[key, default: 1])" : "")}"
      }
      places.append(.init(path, name))
      let real = Paths.real(path)
      if real != path, !known.knows(real), seen.insert(real).inserted { places.append(.init(real, name)) }
    }
    return places
  }

  /// Strings that are absolute paths, by what they are for.
  private static func collect(_ json: JSONValue, key: String, into found: inout [(key: String, path: String)]) {
    switch json {
    case .string(let text):
      var path = text
      while path.count > 1, path.hasSuffix("/") { path.removeLast() }
      let root = path.dropFirst().prefix { $0 != "/" }
      if path.hasPrefix("/"), key.hasSuffix("path") || Redaction.machineRoots.contains(String(root)) {
        found.append((key.hasPrefix("dataset") ? "DATASET" : "FILES", path))
      }
    case .array(let items): for item in items { collect(item, key: key, into: &found) }
    case .object(let members):
      // Below "dataset" everything is the dataset's; the last key says whether it is a path.
      for member in members {
        collect(member.value, key: key.hasPrefix("dataset") ? "dataset." + member.key : member.key, into: &found)
      }
    default: break
    }
  }

  private static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? path
  }
}

extension Redaction {
  /// For what one or several runs tell.
  func of(runs folders: [String]) -> Redaction {
    folders.reduce(self) { $0.adding(RunPlaces.places(of: $1, known: $0)) }
  }
}
