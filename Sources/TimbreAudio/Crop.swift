import TimbreCore

/// The part of a recording that is wanted, in seconds.
struct Crop {
  var start: Double?
  var end: Double?
  var offset: Double
  var duration: Double?
  var subject: String?

  /// The same part in frames: librosa's int(offset · rate) and int(duration · rate), within the clip's own end.
  func frames(at rate: Int) throws -> FrameRange {
    let clipStart = start ?? 0
    for (name, value) in [("start", clipStart), ("end", end ?? 0), ("offset", offset), ("duration", duration ?? 0)]
    where !(value >= 0 && value.isFinite) {
      throw Diagnostic(
        .outOfRange, "the \(name) of the part to load is \(short(value)) s", help: "give seconds, at least 0",
        subject: subject)
    }
    if let end, end <= clipStart {
      throw Diagnostic(
        .outOfRange, "the clip ends at \(short(end)) s and begins at \(short(clipStart)) s", subject: subject)
    }
    let first = whole(clipStart + offset, rate)
    var count = duration.map { whole($0, rate) } ?? .max
    if count == 0 {
      throw Diagnostic(
        .outOfRange, "a duration of \(short(duration ?? 0)) s is less than one sample at \(rate) Hz",
        help: "give a longer duration, or null for all", subject: subject)
    }
    if let end {
      let length = whole(end, rate) - whole(clipStart, rate)
      let skipped = first - whole(clipStart, rate)
      count = min(count, length - skipped)
      if count <= 0 {
        throw FrameRange(first: skipped, count: 0).beyond(length, rate: rate, subject: subject, what: "clip")
      }
    }
    return FrameRange(first: first, count: count)
  }

  private func whole(_ seconds: Double, _ rate: Int) -> Int {
    // Far beyond any file, and safe to add to.
    Int(min(seconds * Double(rate), 0x1p60))
  }
}

struct FrameRange {
  var first: Int
  var count: Int

  /// That nothing of the recording lies in this range.
  func beyond(_ frames: Int?, rate: Int, subject: String?, what: String = "audio") -> Diagnostic {
    let length = frames.map { "is only \(seconds($0, rate: rate)) s long" } ?? "ends before"
    return Diagnostic(
      .shortAudio, "loading starts at \(seconds(first, rate: rate)) s, but the \(what) \(length)",
      help: "lower the offset, or leave out this recording", subject: subject)
  }
}

/// Seconds with up to six decimals: "3.303833".
func seconds(_ frames: Int, rate: Int) -> String {
  let micro = (Double(frames) / Double(rate) * 1e6).rounded()
  return short(micro / 1e6)
}
