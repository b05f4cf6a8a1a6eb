import Foundation
import Synchronization
import TimbreCore
import TimbreWorkflow

/// The runs of the workspace. What a run that has ended says of itself is read once, and again when its `run.json` changes.
final class RunCatalogue: Sendable {
  private struct Entry {
    var stamp: Stamp
    var run: RunListing.Run
  }

  /// When a file was last changed, and which one it is: each writing makes another.
  private struct Stamp: Equatable {
    var seconds: Int
    var nanoseconds: Int
    var file: UInt64

    init?(_ path: String) {
      var info = stat()
      guard unsafe stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
      seconds = info.st_mtim.tv_sec
      nanoseconds = info.st_mtim.tv_nsec
      file = UInt64(info.st_ino)
    }
  }

  private let known = Mutex([String: Entry]())
  private let redaction: Redaction

  init(_ redaction: Redaction) { self.redaction = redaction }

  enum State: String, CaseIterable { case running, finished, interrupted, failed, stopped }

  struct Wish {
    var filter: String?
    var state: State?
    var sort = RunListing.Key.started
    var reverse = false

    init(_ query: Query) throws {
      filter = query["filter"]
      state = try query.choice("state", of: State.self)
      sort = try query.choice("sort", of: RunListing.Key.self) ?? .started
      reverse = try query.flag("reverse") ?? false
    }
  }

  /// The runs directly in a folder, which is the workspace's `runs` or an experiment's `trials`; paths are those of the folder.
  func runs(in folder: String, called path: String) -> [RunListing.Run] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let (found, gone) = known.withLock { known in
      var found: [String: Entry] = [:]
      for name in names { found[name] = known[folder + "/" + name] }
      return (found, known.count > 20_000)
    }
    if gone { known.withLock { $0 = [:] } }
    var fresh: [String: Entry] = [:]
    let runs = names.sorted().compactMap { name -> RunListing.Run? in
      guard Workspace.isName(name), !Self.isLink(folder + "/" + name),
        let stamp = Stamp(folder + "/" + name + "/run.json")
      else { return nil }
      if let entry = found[name], entry.stamp == stamp { return entry.run }
      guard var run = RunListing.run(name, in: folder) else { return nil }
      run.path = path + "/" + name
      if run.title.utf8.contains(Redaction.slash) {
        run.title = redaction.of(runs: [folder + "/" + name]).text(run.title)
      }
      // What is under way writes its other files later.
      if run.state != State.running.rawValue { fresh[folder + "/" + name] = Entry(stamp: stamp, run: run) }
      return run
    }
    let made = fresh
    if !made.isEmpty { known.withLock { $0.merge(made) { $1 } } }
    return runs
  }

  static func chosen(_ runs: [RunListing.Run], _ wish: Wish) -> [RunListing.Run] {
    let chosen = runs.filter { run in
      (wish.state == nil || run.state == wish.state?.rawValue)
        && (wish.filter.map {
          run.name.localizedCaseInsensitiveContains($0) || run.title.localizedCaseInsensitiveContains($0)
        } ?? true)
    }
    return RunListing.sorted(chosen, by: wish.sort, reversed: wish.reverse)
  }

  private static func isLink(_ path: String) -> Bool {
    var info = stat()
    return unsafe lstat(path, &info) != 0 || info.st_mode & S_IFMT != S_IFDIR
  }
}
