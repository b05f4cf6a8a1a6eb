import TimbreCore

/// What the header of an audio file says.
public struct AudioInfo: Sendable, Hashable {
  /// Hz, before resampling.
  public var sampleRate: Int
  public var channels: Int
  /// Samples a channel in the whole file; nil where its header does not say.
  public var frames: Int?
  /// "WAV", "FLAC", "OGG", "MP3", "AIFF", …, or "generated".
  public var format: String

  public init(sampleRate: Int, channels: Int, frames: Int?, format: String) {
    self.sampleRate = sampleRate
    self.channels = channels
    self.frames = frames
    self.format = format
  }

  /// Seconds.
  public var duration: Double? { frames.map { Double($0) / Double(sampleRate) } }
}

/// Audio files in and out. The content decides the format, not the name.
public enum AudioFile {
  /// - Throws: `.unreadableFile`, `.emptyAudio` or `.badAudio` with the file as its subject.
  public static func info(path: String) throws -> AudioInfo {
    let file = try SoundFile(path: path)
    return file.info
  }

  /// The mean over the channels of a part of a file, at the file's own rate, as `librosa.load(sr=None)` gives it.
  ///
  /// Only that part is read. It begins int(offset · rate) frames into the clip and has int(duration · rate) frames, fewer
  /// where the clip or the file ends before.
  /// - Parameters:
  ///   - start: Seconds into the file at which the clip begins; nil is its beginning.
  ///   - end: Seconds into the file at which the clip ends; nil is its end.
  ///   - offset: Seconds into the clip.
  ///   - duration: Seconds; nil is all that follows.
  /// - Throws: Besides what `info` throws: `.shortAudio` where nothing follows the offset, `.notFinite` for NaN or infinity.
  public static func decode(
    path: String, start: Double? = nil, end: Double? = nil, offset: Double = 0, duration: Double? = nil
  ) throws -> (signal: Signal, info: AudioInfo) {
    let crop = Crop(start: start, end: end, offset: offset, duration: duration, subject: path)
    let plain = FlacFile.mono(path: path) { rate in
      let part = try crop.frames(at: rate)
      return (part.first, part.count)
    }
    if let plain { return plain }
    let file = try SoundFile(path: path)
    let rate = file.info.sampleRate
    let part = try crop.frames(at: rate)
    if file.info.frames == 0 {
      throw Diagnostic(
        .emptyAudio, "the file has a header but no audio", help: "copy or download it again", subject: path)
    }
    if let frames = file.info.frames, part.first >= frames { throw part.beyond(frames, rate: rate, subject: path) }
    file.seek(to: part.first)
    let signal = Signal(samples: file.readMono(atMost: part.count), sampleRate: rate)
    if signal.samples.isEmpty {
      if part.first > 0 { throw part.beyond(nil, rate: rate, subject: path) }
      throw Diagnostic(
        .badAudio, "the file's audio cannot be decoded", help: "copy or download it again", subject: path)
    }
    let end = part.first + signal.samples.count
    if signal.samples.count < part.count, let promised = file.promisedFrames(having: end) {
      throw Diagnostic(
        .badAudio,
        "the file is cut short: of \(seconds(promised, rate: rate)) s only \(seconds(end, rate: rate)) s are there",
        help: "copy or download it again", subject: path)
    }
    try signal.requireFinite(from: part.first, subject: path)
    return (signal, file.info)
  }
}

extension Signal {
  /// - Parameter first: How many samples precede this signal in its source.
  func requireFinite(from first: Int, subject: String?) throws {
    guard let index = firstNonFinite else { return }
    let name = samples[index].isNaN ? "NaN (not a number)" : "infinite"
    throw Diagnostic(
      .notFinite, "a sample is \(name) at \(seconds(first + index, rate: sampleRate)) s (frame \(first + index))",
      help: "repair or leave out this recording", subject: subject)
  }
}
