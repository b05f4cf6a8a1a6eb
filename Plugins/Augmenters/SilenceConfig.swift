import TimbreCore
import TimbreDSP

/// Settings of an effect that tells silence from sound.
protocol SilenceConfig: PluginConfig {
  var silence: SilenceDetector { get set }
}

extension Parameter where Config: SilenceConfig {
  /// top_db, ref, frame_length and hop_length.
  static var silence: [Parameter] {
    [
      .number(
        "top_db", \.silence.topDB, in: .closed(-400, 400), unit: .decibels,
        "Silent is what lies this far below the reference, or further."),
      .value(
        "ref", \.silence.reference,
        "The level that counts as 0 dB: an amplitude, or \"max\", \"mean\", \"median\" or \"min\" of all frames."),
      .int("frame_length", \.silence.frameLength, in: 1...1_048_576, unit: .samples, "Length of a frame."),
      .int("hop_length", \.silence.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames."),
    ]
  }
}

extension SilenceDetector {
  var nothingLeft: Diagnostic {
    Diagnostic(
      .emptyAudio, "nothing is louder than \(short(-topDB)) dB against the reference",
      help: "raise top_db, or lower ref")
  }
}
