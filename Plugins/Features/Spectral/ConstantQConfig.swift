import TimbreAudio
import TimbreCore
import TimbreDSP

/// Settings with a constant-Q or variable-Q transform among them.
protocol ConstantQConfig: PluginConfig {
  var transform: VariableQParameters { get set }
  var resType: ResamplerType { get set }
}

extension Parameter where Config: ConstantQConfig {
  static var hopAndFmin: [Parameter] {
    [
      .int("hop_length", \.transform.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames."),
      .number(
        "fmin", \.transform.fmin, in: .closed(0.1, 96_000), unit: .hertz, "Lowest frequency; null is C1, 32.7 Hz."),
    ]
  }

  static var binsPerOctave: Parameter {
    .int("bins_per_octave", \.transform.binsPerOctave, in: 1...480, unit: .bins, "Number of bins in an octave.")
  }

  static var tuning: Parameter {
    .number(
      "tuning", \.transform.tuning, in: .closed(-480, 480), unit: .bins,
      "Deviation from A = 440 Hz in bins; null estimates it.")
  }

  static var resType: Parameter { .choice("res_type", \.resType, "Resampler that halves the rate for lower octaves.") }

  /// What all transforms have after their frequencies.
  static var filters: [Parameter] {
    [
      .number(
        "filter_scale", \.transform.wavelets.filterScale, in: .positive,
        "Length of the filters; below 1 they tell times apart better, and frequencies worse."),
      .value(
        "norm", \.transform.wavelets.norm, "What each filter is divided by: a p-norm, \"inf\", \"-inf\", or null."),
      .number(
        "sparsity", \.transform.wavelets.sparsity, in: .fraction, "Share of each filter's spectrum that may be dropped."
      ),
      .value(
        "window", \.transform.wavelets.window,
        "Window of the filters by its SciPy name, with parameters as [\"kaiser\", 8.6]."),
      .bool("scale", \.transform.scale, "Whether responses are divided by the square root of the filter's length."),
      .choice("pad_mode", \.transform.padMode, "How the ends are padded."),
      resType,
    ]
  }
}

/// What the values of a transform are given as.
public enum MagnitudeForm: String, ParameterValue, CaseIterable {
  case magnitude, power, db

  var unit: Unit? { self == .db ? .decibels : nil }

  func applied(to magnitudes: Spectrogram) -> Spectrogram {
    switch self {
    case .magnitude: magnitudes
    case .power: magnitudes.squared
    case .db: magnitudes.squared.decibels()
    }
  }
}

extension VariableQParameters {
  /// The axes of its bins, named `name`_0, `name`_1, ….
  func axes(_ name: String, sampleRate: Int, unit: Unit?) throws -> FeatureAxes {
    let frequencies = try frequencies()
    return FeatureAxes(
      bins: frequencies.indices.map { "\(name)_\($0)" }, positions: frequencies, positionUnit: .hertz, valueUnit: unit,
      hop: Double(hopLength) / Double(sampleRate))
  }
}

extension ResamplerType {
  /// As transforms ask for lower rates.
  var reducer: RateReducer {
    RateReducer(name: rawValue) { samples, factor in
      // Scaled in double precision, as librosa's own in-place division is.
      let gain = (1 / Double(factor)).squareRoot()
      return try Resampler.resample(samples, from: Double(factor), to: 1, type: self).map { Float(Double($0) / gain) }
    }
  }
}
