import TimbreCore
import TimbreDSP

/// The short-time Fourier transform that an effect works on, named as in `librosa.stft`.
public struct TransformSettings: Sendable, Hashable {
  public var nFFT = 2048
  /// nil is a quarter of the window.
  public var hopLength: Int?
  public var winLength: Int?
  public var window = Window.hann
  public var center = true
  public var padMode = PadMode.constant

  public init() {}

  /// - Throws: A diagnostic when the window is longer than the transform, or too short for a hop of a quarter of it.
  func stft() throws -> STFTParameters {
    let hop = hopLength ?? (winLength ?? nFFT) / 4
    guard hop > 0 else {
      throw Diagnostic(
        .invalidParameters, "a quarter of a window of \(winLength ?? nFFT) samples is no hop",
        help: "set hop_length, or lengthen the window")
    }
    let parameters = STFTParameters(
      nFFT: nFFT, hopLength: hop, winLength: winLength, window: window, center: center, padMode: padMode)
    try parameters.validate()
    return parameters
  }

  /// The hop that librosa's phase vocoder reckons with: where none is set, a quarter of n_fft whatever the window.
  var vocoderHop: Int { hopLength ?? nFFT / 4 }
}

/// Settings of an effect that works on such a transform.
protocol TransformConfig: PluginConfig {
  var transform: TransformSettings { get set }
}

extension Parameter where Config: TransformConfig {
  /// n_fft, hop_length, win_length, window and center.
  static var transform: [Parameter] {
    [
      .int("n_fft", \.transform.nFFT, in: 2...1_048_576, unit: .samples, "Length of the Fourier transform."),
      .int(
        "hop_length", \.transform.hopLength, in: 1...1_048_576, unit: .samples,
        "Step between frames; null is a quarter of the window."),
      .int(
        "win_length", \.transform.winLength, in: 1...1_048_576, unit: .samples,
        "Length of the window, centred in the transform; null is n_fft."),
      .value(
        "window", \.transform.window, "Window function by its SciPy name, with parameters as [\"kaiser\", 8.6]."),
      .bool("center", \.transform.center, "Whether frames are centred on their time, with padding at both ends."),
    ]
  }
}
