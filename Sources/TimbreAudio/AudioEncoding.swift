import CSndfile
import TimbreCore

/// How audio is written.
public enum AudioEncoding: String, CaseIterable, Sendable {
  /// 32-bit float WAV: every sample as it is.
  case wav
  /// 16-bit FLAC: rounded to 1/32768, values beyond ±1 cut off.
  case flac
}

extension AudioFile {
  /// The bytes of an audio file: the same for the same signal, without a time of writing.
  /// - Throws: `.outOfRange` for a rate that the format cannot hold, `.notFinite` where FLAC meets NaN.
  public static func encode(_ signal: Signal, as encoding: AudioEncoding) throws -> [UInt8] {
    var header = SF_INFO()
    header.channels = 1
    header.samplerate = Int32(clamping: signal.sampleRate)
    header.format =
      switch encoding {
      case .wav: Int32(Int(SF_FORMAT_WAV) | Int(SF_FORMAT_FLOAT))
      case .flac: Int32(Int(SF_FORMAT_FLAC) | Int(SF_FORMAT_PCM_16))
      }
    if encoding == .flac { try signal.requireFinite(from: 0, subject: nil) }
    let memory = MemoryFile()
    let count = withExtendedLifetime(memory) { () -> sf_count_t in
      var access = memory.access
      let user = unsafe Unmanaged.passUnretained(memory).toOpaque()
      guard let handle = unsafe sf_open_virtual(&access, Int32(SFM_WRITE), &header, user) else { return -1 }
      defer { unsafe sf_close(handle) }
      // The PEAK chunk would hold the time of writing.
      unsafe sf_command(handle, Int32(SFC_SET_ADD_PEAK_CHUNK), nil, Int32(SF_FALSE))
      switch encoding {
      case .wav:
        return unsafe signal.samples.withUnsafeBufferPointer { samples in
          unsafe samples.baseAddress.map { unsafe sf_writef_float(handle, $0, sf_count_t(samples.count)) } ?? 0
        }
      case .flac:
        // Own rounding: 16-bit audio that was read comes out bit for bit, which libsndfile's scale by 32767 would spoil.
        let whole = signal.samples.map { Int16(clamping: Int(($0.clamped * 32_768).rounded())) }
        return unsafe whole.withUnsafeBufferPointer { samples in
          unsafe samples.baseAddress.map { unsafe sf_writef_short(handle, $0, sf_count_t(samples.count)) } ?? 0
        }
      }
    }
    guard count == signal.samples.count else {
      throw Diagnostic(
        .outOfRange, "audio at \(signal.sampleRate) Hz cannot be written as \(encoding.rawValue)",
        help: "resample it to a usual rate, or write WAV")
    }
    return memory.bytes
  }
}

extension Float {
  fileprivate var clamped: Float { Swift.min(Swift.max(self, -2), 2) }
}

/// A file in memory that libsndfile writes to.
private final class MemoryFile {
  var bytes: [UInt8] = []
  private var position = 0

  private func write(_ source: UnsafeRawBufferPointer) {
    let end = position + source.count
    if end > bytes.count { bytes += repeatElement(0, count: end - bytes.count) }
    unsafe bytes.withUnsafeMutableBytes { target in
      unsafe UnsafeMutableRawBufferPointer(rebasing: target[position..<end]).copyMemory(from: source)
    }
    position = end
  }

  private func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    let count = max(0, min(target.count, bytes.count - position))
    for index in 0..<count { unsafe target[index] = bytes[position + index] }
    position += count
    return count
  }

  private func seek(_ offset: Int, _ whence: Int32) -> Int {
    let base =
      switch Int(whence) {
      case Int(SF_SEEK_SET): 0
      case Int(SF_SEEK_CUR): position
      default: bytes.count
      }
    position = max(0, base + offset)
    return position
  }

  private static func of(_ user: UnsafeMutableRawPointer?) -> MemoryFile? {
    unsafe user.map { unsafe Unmanaged<MemoryFile>.fromOpaque($0).takeUnretainedValue() }
  }

  var access: SF_VIRTUAL_IO {
    unsafe SF_VIRTUAL_IO(
      get_filelen: { user in unsafe sf_count_t(MemoryFile.of(user)?.bytes.count ?? 0) },
      seek: { offset, whence, user in unsafe sf_count_t(MemoryFile.of(user)?.seek(Int(offset), whence) ?? -1) },
      read: { target, count, user in
        unsafe sf_count_t(
          MemoryFile.of(user)?.read(into: UnsafeMutableRawBufferPointer(start: target, count: Int(count))) ?? 0)
      },
      write: { source, count, user in
        unsafe MemoryFile.of(user)?.write(UnsafeRawBufferPointer(start: source, count: Int(count)))
        return count
      },
      tell: { user in unsafe sf_count_t(MemoryFile.of(user)?.position ?? 0) })
  }
}
