import TimbreCore

/// Changes the sample rate of mono audio, as `librosa.resample` (0.11.0) does with `fix=True`.
public enum Resampler {
  /// The longest result: two thousand million samples, a day at 24 kHz. Hostile rates in a header end here.
  static let maximumLength = 2_000_000_000.0

  /// - Parameters:
  ///   - samples: Finite samples at `from` Hz.
  ///   - to: The wanted rate in Hz; it need not be a whole number.
  ///   - scale: Divides by √(to/from), so that the total energy stays about the same.
  ///   - toTheBit: Whether `soxr_hq` has to give libsoxr's own bits. Otherwise it takes about half as long and may differ by some 1e-6
  ///     of the largest sample: too much for what is loaded, because a phase vocoder follows the last bits of silence, and digital
  ///     silence crosses zero as these do.
  /// - Returns: Exactly ⌈n · to / from⌉ samples: cut, or filled with zeros at the end. Equal rates return the input.
  /// - Throws: `.outOfRange` for rates that are not positive, or too far apart for the library.
  public static func resample(
    _ samples: [Float], from: Double, to: Double, type: ResamplerType = .soxrHQ, scale: Bool = false,
    toTheBit: Bool = true
  ) throws -> [Float] {
    for rate in [from, to] where !(rate > 0 && rate.isFinite) {
      throw Diagnostic(
        .outOfRange, "cannot resample: \(short(rate)) Hz is not a sample rate", help: "give a rate above 0 Hz")
    }
    if from == to || samples.isEmpty { return samples }
    let ratio = to / from
    let length = (Double(samples.count) * ratio).rounded(.up)
    // libsamplerate's own limit; libsoxr's filters grow without bound beyond its own.
    let widest: Double = type.samplerateConverter == nil ? 65_536 : 256
    guard (1 / widest...widest).contains(ratio), length <= maximumLength else {
      throw Diagnostic(
        .outOfRange,
        "cannot resample \(samples.count) samples from \(short(from)) Hz to \(short(to)) Hz by \(type.rawValue)",
        help:
          "the rates may differ by a factor of \(short(widest)), and the result may have \(short(maximumLength)) samples"
      )
    }
    let count = Int(length)
    var resampled =
      if let converter = type.samplerateConverter {
        try samplerateResample(samples, ratio: ratio, converter: converter, count: count)
      } else if !toTheBit, MeasuredSoxr.suits(type, samples: samples.count, from: from, to: to) {
        try MeasuredSoxr.resample(samples, from: from, to: to)
      } else {
        try soxrResample(samples, from: from, to: to, recipe: type.soxrRecipe, count: count)
      }
    if resampled.count > count { resampled.removeLast(resampled.count - count) }
    if resampled.count < count { resampled += repeatElement(0, count: count - resampled.count) }
    if scale {
      let divisor = Float(ratio.squareRoot())
      for index in resampled.indices { resampled[index] /= divisor }
    }
    return resampled
  }

  static func failure(_ type: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .badAudio, "\(type) cannot resample this signal: \(reason)", help: "choose another sample rate or resampler")
  }
}
