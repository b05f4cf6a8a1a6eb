import Foundation
import TimbreCore
import TimbreTools

/// What an installation tells while it is under way.
public protocol InstallObserver: Sendable {
  func began(_ stage: String, unit: String)
  func advanced(to count: Int, of total: Int)
  func ended()
  func noted(_ text: String)
}

/// Brings a dataset into a folder: downloads, verifies, unpacks, counts, and only then gives the folder its name.
///
/// Everything under way lies in a hidden folder beside the dataset's, so that an interruption at any moment leaves either the
/// whole dataset or none, and another run goes on where the last one ended.
public struct Installer: Sendable {
  public let corpus: Corpus
  /// The folder in which the dataset gets one of its own.
  public let folder: String
  /// What takes the place of the addresses' bases.
  public let mirror: String?
  let observer: any InstallObserver
  let cancelled: @Sendable () -> Bool

  public init(
    _ corpus: Corpus, into folder: String, mirror: String? = nil, observer: any InstallObserver,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.corpus = corpus
    self.folder = folder
    self.mirror = mirror
    self.observer = observer
    self.cancelled = cancelled
  }

  /// The dataset's own folder.
  public var target: String { folder + "/" + corpus.name }
  private var work: String { folder + "/." + corpus.name + ".download" }

  /// - Parameter count: How many clips the dataset's reader finds in a folder.
  /// - Returns: Whether there was anything to do.
  /// - Throws: A `Diagnostic`; what was downloaded and is right stays for the next run.
  public func install(count: (String) throws -> Int) throws -> Bool {
    do { return try bring(count) } catch let diagnostic as Diagnostic { throw diagnostic } catch {
      throw Diagnostic(
        .unwritableFile, "the dataset cannot be put here: \(error.localizedDescription)",
        help: "check that the disk has room and the folder can be written to", subject: folder)
    }
  }

  private func bring(_ count: (String) throws -> Int) throws -> Bool {
    if FileManager.default.fileExists(atPath: target) {
      let clips = (try? count(target)) ?? 0
      guard clips == corpus.clips else {
        throw Diagnostic(
          .download, "this folder is there already, with \(clips) of \(corpus.clips) clips",
          help: "move it away, or name another folder with --to", subject: target)
      }
      try? FileManager.default.removeItem(atPath: work)
      return false
    }
    do { try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true) } catch {
      throw Diagnostic(
        .unwritableFile, "this folder cannot be made: \(error.localizedDescription)", help: "check --to", subject: work)
    }
    let lock = try lock()
    defer { close(lock) }
    try clean()
    let content: String
    switch corpus.publication {
    case .archives(let files): content = try archives(files)
    case .dataverse(let list, let file): content = try dataverse(list, file)
    case .gitLFS(let repository, let name, let files, let documents):
      content = try gitLFS(repository, folder: name, files, documents)
    case nil: throw Diagnostic(.download, "\(corpus.title) cannot be downloaded by a program", help: corpus.page)
    }
    let clips = try count(content)
    guard clips == corpus.clips else {
      try? FileManager.default.removeItem(atPath: work)
      throw Diagnostic(
        .download, "\(clips) clips came, not \(corpus.clips)",
        help: "what came was removed; is this the published dataset?",
        subject: corpus.name)
    }
    guard unsafe rename(content, target) == 0 else {
      throw Diagnostic(
        .unwritableFile, "this folder cannot be made", help: "is there one of that name?", subject: target)
    }
    try? FileManager.default.removeItem(atPath: work)
    return true
  }

  /// One run at a time: two would write into one file.
  private func lock() throws -> Int32 {
    let path = work + "/.lock"
    let descriptor = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Diagnostic(
        .unwritableFile, "this file cannot be written", help: "check the folder's owner and mode", subject: path)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Diagnostic(.download, "another run is downloading this", help: "wait for it, or end it", subject: target)
    }
    return descriptor
  }

  /// Removes what a run that was killed left half-way.
  private func clean() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: work)
    where ["content-", "incoming-", "unpack-", ".output-"].contains(where: name.hasPrefix) {
      try? FileManager.default.removeItem(atPath: work + "/" + name)
    }
  }

  /// - Throws: `.download` where the disk has not `bytes` left.
  private func needSpace(_ bytes: Int) throws {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: work)
    guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value, free < Int64(bytes) else { return }
    throw Diagnostic(
      .unwritableFile, "\(free / 1_000_000) MB are free, and \(bytes / 1_000_000) MB are needed", help: "make room",
      subject: folder)
  }

  private func transfer() throws -> Transfer {
    Transfer(curl: try Tool("curl", package: "curl"), observer: observer, cancelled: cancelled)
  }

  private func unpacking() throws -> Unpacking {
    Unpacking(unzip: try Tool("unzip", package: "unzip"), cancelled: cancelled)
  }

  /// - Returns: A folder with what the archives hold.
  private func archives(_ files: [Corpus.Archive]) throws -> String {
    let (transfer, unpacking, checksums) = (try transfer(), try unpacking(), try Checksums())
    // The archives and what comes out of them, which is somewhat larger.
    try needSpace(files.reduce(0) { $0 + max(0, 3 * $1.bytes - size(of: work + "/" + $1.name)) })
    for file in files {
      guard isPlainName(file.name) else {
        throw Diagnostic(.download, "\"\(file.name)\" cannot be the name of a file", subject: corpus.name)
      }
      let path = work + "/" + file.name
      try transfer.fetch(file.address.url(from: mirror), to: path, bytes: file.bytes, stage: file.name)
      observer.noted("\(file.name): verifying")
      let sum = try checksums.of([file.name], .md5, in: work, cancelled: cancelled)[file.name]
      guard let sum, sum.digits == file.md5.lowercased() else {
        try? FileManager.default.removeItem(atPath: path)
        throw Diagnostic(
          .download, "the MD5 is \(sum?.digits ?? "unknown"), the published one \(file.md5)",
          help: "the file was removed; run the same command again", subject: file.name)
      }
    }
    let content = work + "/content-" + UUID().uuidString
    for file in files {
      observer.noted("\(file.name): unpacking")
      // Archives may hold folders of one name, as RAVDESS's do.
      let place = files.count > 1 ? content + "/" + String(file.name.dropLast(4)) : content
      do { try unpacking.unpack(work + "/" + file.name, into: place) } catch let diagnostic as Diagnostic {
        if diagnostic.kind == .download { try? FileManager.default.removeItem(atPath: work + "/" + file.name) }
        throw diagnostic
      }
    }
    return content
  }

  /// - Returns: A folder with the listed files, which stays when a run is interrupted.
  private func dataverse(_ list: Corpus.Address, _ file: Corpus.Address) throws -> String {
    let (transfer, checksums) = (try transfer(), try Checksums())
    let answer = work + "/list.json"
    try transfer.fetch(list.url(from: mirror), to: answer, bytes: nil, stage: "list of files")
    let files = try Listing.dataverse(
      FileManager.default.contents(atPath: answer) ?? Data(), below: file.path, subject: list.url(from: mirror))
    let content = work + "/files"
    try fetch(files, from: file, checksums, transfer.curl, to: content)
    return content
  }

  /// - Returns: A folder with the files that the pointers stand for and the documents, which stays when a run is interrupted.
  private func gitLFS(
    _ repository: Corpus.Address, folder name: String, _ files: Corpus.Address, _ documents: [String]
  ) throws -> String {
    let (transfer, unpacking, checksums) = (try transfer(), try unpacking(), try Checksums())
    let archive = work + "/repository.zip"
    try transfer.fetch(repository.url(from: mirror), to: archive, bytes: nil, stage: "repository")
    let paths = try unpacking.paths(in: archive)
    let wanted =
      ["*/\(name)/*"] + documents.filter { name in paths.contains { $0.hasSuffix("/" + name) } }.map { "*/\($0)" }
    let place = work + "/unpack-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: place) }
    try unpacking.unpack(archive, into: place, wanted: wanted)
    let content = work + "/files"
    try FileManager.default.createDirectory(atPath: content, withIntermediateDirectories: true)
    var listed: [ListedFile] = []
    for path in try FileManager.default.subpathsOfDirectory(atPath: place).sorted() {
      let parts = path.split(separator: "/").map(String.init)
      guard let last = parts.last, isPlainName(last) else { continue }
      if documents.contains(last), parts.count == 2 {
        try? FileManager.default.removeItem(atPath: content + "/" + last)
        try FileManager.default.moveItem(atPath: place + "/" + path, toPath: content + "/" + last)
      } else if parts.count == 3, parts[1] == name, last.lowercased().hasSuffix(".wav") {
        let data = FileManager.default.contents(atPath: place + "/" + path) ?? Data()
        guard let file = Listing.pointer(data, name: last, below: files.path) else {
          throw Diagnostic(.download, "\(last) is not a pointer of Git LFS", subject: repository.url(from: mirror))
        }
        listed.append(file)
      }
    }
    try fetch(listed, from: files, checksums, transfer.curl, to: content + "/" + name)
    return content
  }

  private func fetch(
    _ files: [ListedFile], from address: Corpus.Address, _ checksums: Checksums, _ curl: Tool, to place: String
  ) throws {
    guard files.count == corpus.clips else {
      throw Diagnostic(
        .download, "\(files.count) recordings are listed, not \(corpus.clips)",
        help: "what is published may have changed; a newer Timbre may know", subject: corpus.name)
    }
    let there = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    try needSpace(files.reduce(0) { $0 + $1.bytes } - there.reduce(0) { $0 + size(of: place + "/" + $1) })
    let base = Corpus.Address(base: address.base, path: "").url(from: mirror)
    try FileBatches(curl: curl, checksums: checksums, observer: observer, cancelled: cancelled)
      .fetch(files, from: base, work: work, to: place, stage: corpus.name)
  }
}
