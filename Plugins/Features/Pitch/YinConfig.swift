import TimbreCore
import TimbreDSP

/// Settings with YIN's difference function among them.
protocol YinConfig: PluginConfig {
  var yin: YinParameters { get set }
}

extension Parameter where Config: YinConfig {
  /// fmin, fmax, frame_length, hop_length, center and pad_mode.
  static var yin: [Parameter] {
    [
      .number(
        "fmin", \.yin.fmin, in: .positive, unit: .hertz, "Lowest frequency; a period of it must fit into a frame."),
      .number("fmax", \.yin.fmax, in: .positive, unit: .hertz, "Highest frequency, at most half the sample rate."),
      .int("frame_length", \.yin.frameLength, in: 4...262_144, unit: .samples, "Length of an analysis frame."),
      .int(
        "hop_length", \.yin.hopLength, in: 1...1_048_576, unit: .samples,
        "Step between frames; null is a quarter of frame_length."),
      .bool("center", \.yin.center, "Whether frames are centred on their time, with padding at both ends."),
      .choice("pad_mode", \.yin.padMode, "How the ends are padded when frames are centred."),
    ]
  }
}
