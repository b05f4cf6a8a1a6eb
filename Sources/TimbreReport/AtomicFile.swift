import Glibc
import TimbreCore

/// A file that appears under its name only once it is complete.
///
/// The bytes go to a temporary file in the same folder, which `commit` flushes to the disk and renames. Without
/// `commit` nothing is left behind. A device or a pipe (`/dev/stdout`) is written directly; a symbolic link keeps
/// pointing where it did.
public final class AtomicFile {
  public let path: String
  private let target: String
  private var temporary: String?
  private var descriptor: Int32 = -1

  /// - Throws: An `.unwritableFile` diagnostic with the system's reason.
  public init(_ path: String) throws {
    self.path = path
    target = Self.resolved(path)
    if Self.isSpecial(target) {
      descriptor = unsafe open(target, O_WRONLY | O_CLOEXEC)
    } else {
      let name = Self.folder(of: target) + "/.timbre-\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
      descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { temporary = name }
    }
    if descriptor < 0 { throw Self.failure(path, errno) }
  }

  /// Writes the bytes behind those already written.
  /// - Throws: An `.unwritableFile` diagnostic with the system's reason, such as a full disk.
  public func append(_ bytes: [UInt8]) throws {
    let code: Int32 = unsafe bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        guard let base = buffer.baseAddress else { break }
        let count = unsafe Glibc.write(descriptor, base + done, buffer.count - done)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return count < 0 ? errno : ENOSPC }
        done += count
      }
      return 0
    }
    if code != 0 { throw Self.failure(path, code) }
  }

  public func append(_ text: String) throws { try append(Array(text.utf8)) }

  /// Makes the file appear under its name, over any older one.
  public func commit() throws {
    guard descriptor >= 0 else { return }
    // A device may not support fsync; for a regular file its failure means that data is lost.
    if temporary != nil, fsync(descriptor) != 0 { throw Self.failure(path, errno) }
    let closed = close(descriptor)
    descriptor = -1
    if closed != 0 { throw Self.failure(path, errno) }
    if let temporary {
      if unsafe rename(temporary, target) != 0 { throw Self.failure(path, errno) }
      self.temporary = nil
      Self.flushFolder(of: target)
    }
  }

  deinit {
    if descriptor >= 0 { _ = close(descriptor) }
    if let temporary { _ = unsafe unlink(temporary) }
  }

  /// Writes a whole file at once.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    let file = try AtomicFile(path)
    try file.append(bytes)
    try file.commit()
  }

  public static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  /// The bytes of a file.
  /// - Throws: An `.unreadableFile` diagnostic with the system's reason.
  /// - Parameter limit: More bytes than this are an error, also from a pipe or a device.
  public static func read(_ path: String, atMost limit: Int = .max) throws -> [UInt8] {
    func failure(_ code: Int32) -> Diagnostic {
      Diagnostic(.unreadableFile, "cannot be read: \(reason(code))", subject: path)
    }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { _ = close(descriptor) }
    var info = stat()
    guard unsafe fstat(descriptor, &info) == 0 else { throw failure(errno) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(max(0, min(Int(info.st_size), limit)))
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw failure(errno) }
      if count == 0 { return bytes }
      bytes += block[..<count]
      guard bytes.count <= limit else {
        throw Diagnostic(
          .unreadableFile, "has more than \(limit) bytes", help: "is this the right file?", subject: path)
      }
    }
  }

  private static func failure(_ path: String, _ code: Int32) -> Diagnostic {
    let help: String? =
      switch code {
      case ENOENT, ENOTDIR: "create the folder \(folder(of: path)) first"
      case ENOSPC, EDQUOT: "free some space, or write to another disk"
      case EACCES, EPERM, EROFS: "choose a folder that you may write to"
      case EISDIR, ENOTEMPTY, EEXIST: "a folder has this name: choose another one"
      default: nil
      }
    return Diagnostic(.unwritableFile, "cannot be written: \(reason(code))", help: help, subject: path)
  }

  private static func reason(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  private static func isSpecial(_ path: String) -> Bool {
    var info = stat()
    guard unsafe stat(path, &info) == 0 else { return false }
    let type = info.st_mode & S_IFMT
    return type != S_IFREG && type != S_IFDIR
  }

  /// So that the new name survives a power cut; best effort, since not every file system allows it.
  private static func flushFolder(of path: String) {
    let descriptor = unsafe open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    _ = close(descriptor)
  }
}
