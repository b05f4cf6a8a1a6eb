import TimbreCore
import TimbreDSP

/// Settings with a short-time Fourier transform among them; they share its parameters.
protocol SpectralConfig: PluginConfig {
  var stft: STFTParameters { get set }
}

extension Parameter where Config: SpectralConfig {
  /// n_fft, hop_length, win_length, window, center and pad_mode.
  static var stft: [Parameter] {
    [
      .int("n_fft", \.stft.nFFT, in: 2...1_048_576, unit: .samples, "Length of the Fourier transform."),
      .int("hop_length", \.stft.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames."),
      .int(
        "win_length", \.stft.winLength, in: 1...1_048_576, unit: .samples,
        "Length of the window, centred in the transform; null is n_fft."),
      .value("window", \.stft.window, "Window function by its SciPy name, with parameters as [\"kaiser\", 8.6]."),
      .bool("center", \.stft.center, "Whether frames are centred on their time, with padding at both ends."),
      .choice("pad_mode", \.stft.padMode, "How the ends are padded when frames are centred."),
    ]
  }
}

/// Settings with a mel spectrogram among them.
protocol MelConfig: SpectralConfig {
  var mel: MelParameters { get set }
}

extension MelConfig {
  var stft: STFTParameters {
    get { mel.stft }
    set { mel.stft = newValue }
  }
}

extension Parameter where Config: MelConfig {
  /// power, n_mels, fmin, fmax and htk.
  static var mel: [Parameter] {
    [
      .number("power", \.mel.power, in: .positive, "Exponent of the magnitudes: 1 for amplitude, 2 for power."),
      .int("n_mels", \.mel.bank.nMels, in: 1...65_536, unit: .bins, "Number of mel bands."),
      .number("fmin", \.mel.bank.fmin, in: .nonNegative, unit: .hertz, "Lowest frequency."),
      .number(
        "fmax", \.mel.bank.fmax, in: NumberRange(1e-3, nil), unit: .hertz,
        "Highest frequency; null is half the sample rate."),
      .bool("htk", \.mel.bank.htk, "Whether to use HTK's mel formula instead of Slaney's."),
    ]
  }
}
