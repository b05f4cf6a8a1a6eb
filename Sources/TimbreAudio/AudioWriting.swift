import TimbreCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension AudioFile {
  /// Writes an audio file that is either complete or not there: into a temporary neighbour, which is then renamed.
  /// - Throws: `.unwritableFile` with the file as its subject; what `encode` throws.
  public static func write(_ signal: Signal, to path: String, as encoding: AudioEncoding = .wav) throws {
    let bytes: [UInt8]
    do { bytes = try encode(signal, as: encoding) } catch let diagnostic as Diagnostic { throw diagnostic.about(path) }
    // The process id keeps two programs apart that write to one place.
    let temporary = path + ".\(getpid()).part"
    func failure(_ code: Int32) -> Diagnostic {
      let (message, help) =
        switch code {
        case ENOSPC, EDQUOT: ("the disk is full", "free some space or choose another folder")
        case ENOENT, ENOTDIR: ("its folder does not exist", "make the folder first")
        case EACCES, EPERM, EROFS: ("no permission to write here", "choose another folder or change its mode")
        case EISDIR: ("this is a folder", "name a file in it")
        default: ("cannot write this file: \(systemMessage(code))", "check the path and the disk")
        }
      return Diagnostic(.unwritableFile, message, help: help, subject: path)
    }
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(errno) }
    var problem = unsafe bytes.withUnsafeBytes { unsafe writeAll($0, to: descriptor) }
    // Some file systems tell only on closing that there was no room.
    if close(descriptor) != 0, problem == 0 { problem = errno }
    if problem == 0, unsafe rename(temporary, path) != 0 { problem = errno }
    if problem != 0 {
      unsafe unlink(temporary)
      throw failure(problem)
    }
  }
}

/// - Returns: 0, or the system's error number.
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  var position = 0
  while position < bytes.count {
    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[position...])
    let count = unsafe write(descriptor, rest.baseAddress, rest.count)
    if count > 0 { position += count } else if errno != EINTR { return errno }
  }
  return 0
}
