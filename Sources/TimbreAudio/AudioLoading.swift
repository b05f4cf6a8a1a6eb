import TimbreCore

/// Which part of a recording to load and at which rate; the defaults are those of `librosa.load`.
public struct LoadOptions: Sendable, Hashable {
  /// Hz; nil keeps the recording's own rate.
  public var sampleRate: Int? = 22_050
  /// Seconds into the clip.
  public var offset = 0.0
  /// Seconds; nil is all that follows.
  public var duration: Double?
  public var resampler = ResamplerType.soxrHQ

  public init(
    sampleRate: Int? = 22_050, offset: Double = 0, duration: Double? = nil, resampler: ResamplerType = .soxrHQ
  ) {
    self.sampleRate = sampleRate
    self.offset = offset
    self.duration = duration
    self.resampler = resampler
  }
}

/// A clip, ready for analysis.
public struct LoadedAudio: Sendable {
  /// Mono, finite, at least one sample.
  public var signal: Signal
  public var info: AudioInfo
  /// 32 hex digits over the loaded samples before resampling: equal for equal audio under any name or lossless format.
  public var contentHash: String

  public init(signal: Signal, info: AudioInfo, contentHash: String) {
    self.signal = signal
    self.info = info
    self.contentHash = contentHash
  }
}

/// Decodes a part of a recording, mixes it to mono and resamples it, as `librosa.load` (0.11.0) does.
/// - Throws: A `Diagnostic` with the file as its subject: `.unreadableFile`, `.emptyAudio`, `.badAudio`, `.shortAudio`,
///   `.notFinite` or `.outOfRange`.
public func load(_ source: AudioSource, options: LoadOptions = LoadOptions()) throws -> LoadedAudio {
  var native: Signal
  let info: AudioInfo
  var subject: String?
  switch source {
  case .file(let path, let start, let end):
    (native, info) = try AudioFile.decode(
      path: path, start: start, end: end, offset: options.offset, duration: options.duration)
    subject = path
  case .generated(let make):
    native = try make()
    info = AudioInfo(sampleRate: native.sampleRate, channels: 1, frames: native.samples.count, format: "generated")
    try native.crop(offset: options.offset, duration: options.duration)
  }
  let hash = contentHash(of: native.samples, sampleRate: native.sampleRate)
  let rate = options.sampleRate ?? native.sampleRate
  do {
    let samples = try Resampler.resample(
      native.samples, from: Double(native.sampleRate), to: Double(rate), type: options.resampler)
    let signal = Signal(samples: samples, sampleRate: rate)
    // Finite samples near the largest float overshoot it between themselves.
    try signal.requireFinite(from: 0, subject: subject)
    return LoadedAudio(signal: signal, info: info, contentHash: hash)
  } catch let diagnostic as Diagnostic {
    throw subject.map(diagnostic.about) ?? diagnostic
  }
}

extension Signal {
  /// Keeps what `AudioFile.decode` would read of a file with these samples.
  fileprivate mutating func crop(offset: Double, duration: Double?) throws {
    guard sampleRate > 0 else {
      throw Diagnostic(.badAudio, "the generated audio has a sample rate of \(sampleRate) Hz")
    }
    guard !samples.isEmpty else { throw Diagnostic(.emptyAudio, "the generated audio has no samples") }
    let part = try Crop(start: nil, end: nil, offset: offset, duration: duration, subject: nil).frames(at: sampleRate)
    guard part.first < samples.count else { throw part.beyond(samples.count, rate: sampleRate, subject: nil) }
    samples = Array(samples[part.first...].prefix(part.count))
    try requireFinite(from: part.first, subject: nil)
  }
}
