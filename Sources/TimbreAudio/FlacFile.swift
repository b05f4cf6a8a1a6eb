import CFLAC
import TimbreCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// FLAC of one channel straight from libFLAC: the file read in one piece, its samples put into their place at once.
///
/// libsndfile, which uses the same library, makes many small reads of a file and passes its samples through two buffers more: 1.25
/// times as long. It gets every other file, and each with something amiss, which it knows how to report.
package enum FlacFile {
  /// Bytes of the longest file that is read as a whole, and samples of the longest part: a broken header may promise any number.
  private static let longest = 1 << 22

  /// A part of a file; nil for a file or a part that is left to libsndfile.
  /// - Parameter part: Which part, at a sample rate.
  package static func mono(path: String, part: (_ sampleRate: Int) throws -> (first: Int, count: Int)) -> (
    signal: Signal, info: AudioInfo
  )? {
    guard let bytes = content(path) else { return nil }
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let source = unsafe FlacSource(bytes), let sampleRate = source.sampleRate,
        let part = try? part(sampleRate), part.first >= 0, part.count > 0, part.first < source.count
      else { return nil }
      let count = min(part.count, source.count - part.first)
      guard count <= longest, let samples = source.decode(part.first, count) else { return nil }
      let info = AudioInfo(sampleRate: sampleRate, channels: 1, frames: source.count, format: "FLAC")
      return (Signal(samples: samples, sampleRate: sampleRate), info)
    }
  }

  /// The bytes of an ordinary file that begins as plain FLAC does.
  private static func content(_ path: String) -> [UInt8]? {
    guard let descriptor = try? openForReading(path) else { return nil }
    defer { close(descriptor) }
    var (status, head) = (stat(), [UInt8](repeating: 0, count: 22))
    guard unsafe pread(descriptor, &head, head.count, 0) == head.count, isPlain(head),
      unsafe fstat(descriptor, &status) == 0, status.st_size <= longest
    else { return nil }
    let size = Int(status.st_size)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
      count = unsafe max(0, pread(descriptor, bytes.baseAddress, size, 0))
    }
    return bytes.count == size ? bytes : nil
  }

  /// Whether the first bytes of a file tell of one channel at a sample rate, of a depth that libsndfile knows (RFC 9639, section 8.2).
  private static func isPlain(_ head: [UInt8]) -> Bool {
    guard head.starts(with: Array("fLaC".utf8)), head[4] & 0x7F == 0 else { return false }
    let rate = Int(head[18]) << 12 | Int(head[19]) << 4 | Int(head[20]) >> 4
    let (channels, depth) = ((head[20] >> 1 & 7) + 1, ((head[20] & 1) << 4 | head[21] >> 4) + 1)
    return rate > 0 && channels == 1 && [8, 16, 24].contains(depth)
  }
}

/// A file in memory and the owner of libFLAC's decoder of it.
@safe
private final class FlacSource {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private let decoder: UnsafeMutablePointer<FLAC__StreamDecoder>
  private var header: FLAC__StreamMetadata_StreamInfo?
  private var target: UnsafeMutableBufferPointer<Float>?
  private var written = 0
  /// Of the frame jumped to: its first sample, and how many of its samples are not wanted.
  private var start: (sample: Int, skipped: Int)?
  /// Whether the library found something amiss.
  private var isBroken = false

  /// Reads the metadata; nil where they are not there. `bytes` have to outlive it.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let decoder = unsafe FLAC__stream_decoder_new() else { return nil }
    unsafe self.bytes = bytes
    unsafe self.decoder = decoder
    let status = unsafe FLAC__stream_decoder_init_stream(
      decoder, { unsafe FlacSource.of($3).read($1, $2) }, { unsafe FlacSource.of($2).seek($1) },
      { unsafe FlacSource.of($2).tell($1) }, { unsafe FlacSource.of($2).length($1) },
      { unsafe FlacSource.of($1).isAtEnd }, { unsafe FlacSource.of($3).write($1, $2) },
      { unsafe FlacSource.of($2).take($1) }, { _, _, client in unsafe FlacSource.of(client).isBroken = true },
      Unmanaged.passUnretained(self).toOpaque())
    guard status == FLAC__STREAM_DECODER_INIT_STATUS_OK,
      unsafe FLAC__stream_decoder_process_until_end_of_metadata(decoder) != 0, header != nil, !isBroken
    else { return nil }
  }

  deinit { unsafe FLAC__stream_decoder_delete(decoder) }

  var sampleRate: Int? { header.map { Int($0.sample_rate) } }
  /// Samples a channel; 0 where the header does not say.
  var count: Int { header.flatMap { Int(exactly: $0.total_samples) } ?? 0 }

  /// Goes to the frame of sample `first`, so that the next number written is that of this sample.
  private func jump(to first: Int) {
    guard let header, header.min_blocksize == header.max_blocksize, header.max_blocksize > 0 else {
      isBroken = unsafe isBroken || FLAC__stream_decoder_seek_absolute(decoder, UInt64(first)) == 0
      return
    }
    let number = first / Int(header.max_blocksize)
    // Behind the metadata: a picture's bytes may hold a sound of its own.
    var behind: UInt64 = 0
    guard unsafe FLAC__stream_decoder_get_decode_position(decoder, &behind) != 0,
      let frame = unsafe FlacFrames(bytes).place(of: number, from: Int(clamping: behind)),
      unsafe FLAC__stream_decoder_flush(decoder) != 0
    else {
      isBroken = true
      return
    }
    place = frame
    start = (sample: number * Int(header.max_blocksize), skipped: first % Int(header.max_blocksize))
  }

  /// nil where not all of them can be had.
  func decode(_ first: Int, _ count: Int) -> [Float]? {
    let samples = unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe target = buffer
      if first > 0 { jump(to: first) }
      while !isBroken, written < count, unsafe FLAC__stream_decoder_process_single(decoder) != 0,
        unsafe FLAC__stream_decoder_get_state(decoder) != FLAC__STREAM_DECODER_END_OF_STREAM
      {}
      unsafe target = nil
      initialized = written
    }
    return isBroken || samples.count < count ? nil : samples
  }
}

/// What libFLAC asks for.
extension FlacSource {
  fileprivate static func of(_ client: UnsafeMutableRawPointer?) -> FlacSource {
    guard let client = unsafe client else { preconditionFailure("libFLAC hands back what it was given") }
    return unsafe Unmanaged<FlacSource>.fromOpaque(client).takeUnretainedValue()
  }

  fileprivate var isAtEnd: FLAC__bool { unsafe place >= bytes.count ? 1 : 0 }

  fileprivate func read(
    _ buffer: UnsafeMutablePointer<UInt8>?, _ count: UnsafeMutablePointer<Int>?
  ) -> FLAC__StreamDecoderReadStatus {
    guard let buffer = unsafe buffer, let count = unsafe count, let base = unsafe bytes.baseAddress else {
      return FLAC__STREAM_DECODER_READ_STATUS_ABORT
    }
    let part = unsafe min(count.pointee, bytes.count - place)
    unsafe buffer.update(from: base + place, count: part)
    place += part
    unsafe count.pointee = part
    return part > 0 ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM
  }

  fileprivate func seek(_ offset: UInt64) -> FLAC__StreamDecoderSeekStatus {
    guard let offset = Int(exactly: offset), unsafe offset <= bytes.count else {
      return FLAC__STREAM_DECODER_SEEK_STATUS_ERROR
    }
    place = offset
    return FLAC__STREAM_DECODER_SEEK_STATUS_OK
  }

  fileprivate func tell(_ offset: UnsafeMutablePointer<UInt64>?) -> FLAC__StreamDecoderTellStatus {
    unsafe offset?.pointee = UInt64(place)
    return FLAC__STREAM_DECODER_TELL_STATUS_OK
  }

  fileprivate func length(_ length: UnsafeMutablePointer<UInt64>?) -> FLAC__StreamDecoderLengthStatus {
    unsafe length?.pointee = UInt64(bytes.count)
    return FLAC__STREAM_DECODER_LENGTH_STATUS_OK
  }

  fileprivate func take(_ metadata: UnsafePointer<FLAC__StreamMetadata>?) {
    guard header == nil, let metadata = unsafe metadata,
      unsafe metadata.pointee.type == FLAC__METADATA_TYPE_STREAMINFO
    else { return }
    header = unsafe metadata.pointee.data.stream_info
  }

  /// Whole numbers to numbers within ±1.
  fileprivate func write(
    _ frame: UnsafePointer<FLAC__Frame>?, _ channels: UnsafePointer<UnsafePointer<Int32>?>?
  ) -> FLAC__StreamDecoderWriteStatus {
    guard let header, let frame = unsafe frame, let target = unsafe target, let samples = unsafe channels?[0],
      unsafe frame.pointee.header.channels == 1,
      unsafe frame.pointee.header.bits_per_sample == header.bits_per_sample,
      let base = target.baseAddress
    else {
      isBroken = true
      return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT
    }
    let size = unsafe Int(frame.pointee.header.blocksize)
    if let start {
      // Were frames of another size than the header says, this one's first sample would be another as well.
      let isWhole = size == Int(header.max_blocksize) || start.sample + size == self.count
      guard isWhole, start.skipped < size, unsafe Int(frame.pointee.header.number.sample_number) == start.sample else {
        isBroken = true
        return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT
      }
    }
    let scale = 1 / Float(1 << (header.bits_per_sample - 1))
    let skipped = start?.skipped ?? 0
    let count = max(0, min(size - skipped, target.count - written))
    unsafe convert(samples + skipped, into: base + written, count: count, scale: scale)
    written += count
    start = nil
    return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE
  }
}

/// Whole numbers to numbers of single precision, times `scale`. Eight at a time, because indices that are checked keep the compiler
/// from it.
private func convert(
  _ samples: UnsafePointer<Int32>, into target: UnsafeMutablePointer<Float>, count: Int, scale: Float
) {
  let whole = count & ~7
  for index in stride(from: 0, to: whole, by: 8) {
    let eight = unsafe UnsafeRawPointer(samples + index).loadUnaligned(as: SIMD8<Int32>.self)
    unsafe UnsafeMutableRawPointer(target + index).storeBytes(of: SIMD8<Float>(eight) * scale, as: SIMD8<Float>.self)
  }
  for index in whole..<count { unsafe target[index] = Float(samples[index]) * scale }
}
