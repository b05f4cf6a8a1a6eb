import CSndfile
import TimbreCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An audio file that is open for reading: the owner of libsndfile's handle on it.
///
/// libsndfile gets a descriptor rather than a path, because it would guess a format from the name of a file whose content it
/// does not know, and then decode anything at all as headerless sound.
@safe
struct SoundFile: ~Copyable {
  let path: String
  let info: AudioInfo
  private let handle: OpaquePointer

  /// - Throws: `.unreadableFile` where there is no file to read, `.emptyAudio` for one without a byte, `.badAudio` for one
  ///   that is not audio.
  init(path: String) throws {
    let descriptor = try openForReading(path)
    defer { close(descriptor) }
    var header = SF_INFO()
    // libsndfile gets a descriptor of its own: when it fails, some versions close what they were given and others do not.
    guard let handle = unsafe sf_open_fd(dup(descriptor), Int32(SFM_READ), &header, Int32(SF_TRUE)) else {
      let reason = unrecognised(firstBytes(of: descriptor))
      throw Diagnostic(.badAudio, reason.message, help: reason.help, subject: path)
    }
    self.path = path
    unsafe self.handle = handle
    info = AudioInfo(
      sampleRate: Int(header.samplerate), channels: Int(header.channels),
      frames: header.frames >= 0 && header.frames < 1 << 62 ? Int(header.frames) : nil,
      format: formatName(header.format))
  }

  deinit { unsafe sf_close(handle) }

  /// How many frames the header promises, where its data ends before they do; nil for a whole file.
  ///
  /// libsndfile corrects the count of frames silently, and mentions in its log what the header said. A size of nothing or of
  /// all ones is what programs write that do not know the length yet: no promise.
  func promisedFrames(having read: Int) -> Int? {
    if let frames = info.frames, info.format == "FLAC", read < frames, frames < (1 << 36) - 1 { return frames }
    guard let size = promisedBytes, size.actual > 0, size.promised < 0x7FFF_0000, let frames = info.frames, frames > 0
    else {
      return nil
    }
    let promised = Int(Double(frames) * Double(size.promised) / Double(size.actual))
    return size.promised > size.actual && promised > frames ? promised : nil
  }

  /// Bytes of audio by the header and by the file, from "data : 365166 (should be 203317)".
  private var promisedBytes: (promised: Int, actual: Int)? {
    var log = [CChar](repeating: 0, count: 4096)
    let count = unsafe log.withUnsafeMutableBufferPointer { buffer in
      unsafe Int(sf_command(handle, Int32(SFC_GET_LOG_INFO), buffer.baseAddress, Int32(buffer.count)))
    }
    let text = String(decoding: log.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix("data") || line.hasPrefix(" SSND") {
      let numbers = line.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
      if line.contains("(should be"), numbers.count == 2 { return (numbers[0], numbers[1]) }
    }
    return nil
  }

  /// Goes to `frame`; a format that cannot jump there is read up to it.
  func seek(to frame: Int) {
    guard frame > 0 else { return }
    if unsafe sf_seek(handle, sf_count_t(frame), Int32(SEEK_SET)) == sf_count_t(frame) { return }
    unsafe sf_seek(handle, 0, Int32(SEEK_SET))
    _ = read(atMost: frame, keeping: false)
  }

  /// The mean over the channels of what follows, at most `limit` frames; fewer where the file ends before.
  func readMono(atMost limit: Int) -> [Float] { read(atMost: limit, keeping: true) }

  /// Reads block by block, because a header may promise more than there is.
  private func read(atMost limit: Int, keeping: Bool) -> [Float] {
    let channels = info.channels
    let expected = min(limit, info.frames ?? 0, 1 << 22)
    var mono: [Float] = []
    if keeping, channels == 1 {
      // Straight into place. Memory that the file does not fill is never touched, hence costs nothing.
      mono = unsafe [Float](unsafeUninitializedCapacity: expected) { buffer, count in
        guard let start = buffer.baseAddress else { return }
        count = unsafe max(0, Int(sf_readf_float(handle, start, sf_count_t(expected))))
      }
    } else if keeping {
      mono.reserveCapacity(expected)
    }
    var remaining = limit - mono.count
    let blockFrames = min(max(1, 65_536 / channels), remaining)
    if blockFrames == 0 || channels == 1 && mono.count < expected { return mono }
    var block = [Float](repeating: 0, count: blockFrames * channels)
    while remaining > 0 {
      let wanted = min(blockFrames, remaining)
      let count = unsafe block.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return 0 }
        return unsafe Int(sf_readf_float(handle, start, sf_count_t(wanted)))
      }
      if count <= 0 { break }
      remaining -= count
      guard keeping else { continue }
      if channels == 1 {
        mono += block[0..<count]
      } else {
        mix(block, frames: count, channels: channels, into: &mono)
      }
    }
    return mono
  }
}

/// Appends the mean over the channels of each frame, in single precision as `librosa.to_mono` takes it.
private func mix(_ block: [Float], frames: Int, channels: Int, into mono: inout [Float]) {
  let divisor = Float(channels)
  for frame in 0..<frames {
    var sum: Float = 0
    for sample in block[frame * channels..<(frame + 1) * channels] { sum += sample }
    mono.append(sum / divisor)
  }
}

/// A descriptor of an ordinary file that is not empty, for its owner to close.
func openForReading(_ path: String) throws -> Int32 {
  func unreadable(_ message: String, _ help: String) -> Diagnostic {
    Diagnostic(.unreadableFile, message, help: help, subject: path)
  }
  guard !path.isEmpty, !path.utf8.contains(0) else {
    throw unreadable("this is not a path", "give the path of an audio file")
  }
  // Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else {
    switch errno {
    case ENOENT, ENOTDIR: throw unreadable("no such file", "check the path; relative paths start at the current folder")
    case EACCES, EPERM:
      throw unreadable("no permission to read this file", "check the owner and mode of the file and its folders")
    default: throw unreadable("cannot open this file: \(systemMessage(errno))", "check the path and the disk")
    }
  }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
    close(descriptor)
    if status.st_mode & S_IFMT == S_IFDIR {
      throw unreadable("this is a folder, not a file", "name an audio file in it")
    }
    throw unreadable("this is not an ordinary file", "name an audio file")
  }
  guard status.st_size > 0 else {
    close(descriptor)
    throw Diagnostic(.emptyAudio, "the file is empty (0 bytes)", help: "copy or download it again", subject: path)
  }
  return descriptor
}

private func firstBytes(of descriptor: Int32) -> [UInt8] {
  unsafe [UInt8](unsafeUninitializedCapacity: 512) { bytes, count in
    count = max(0, unsafe pread(descriptor, bytes.baseAddress, 512, 0))
  }
}

/// What the system says about an error number.
func systemMessage(_ code: Int32) -> String {
  unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
}
