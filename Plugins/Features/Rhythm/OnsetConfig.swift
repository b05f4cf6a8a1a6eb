import TimbreCore
import TimbreDSP

/// Settings with an onset envelope among them.
protocol OnsetConfig: MelConfig {
  var onset: OnsetParameters { get set }
}

extension OnsetConfig {
  var mel: MelParameters {
    get { onset.mel }
    set { onset.mel = newValue }
  }
}

extension Parameter where Config: OnsetConfig {
  /// lag, max_size, detrend, center, and what the mel spectrogram takes.
  static var onset: [Parameter] {
    [
      .int("lag", \.onset.lag, in: 1...65_536, unit: .frames, "Frames between the two that are compared."),
      .int(
        "max_size", \.onset.maxSize, in: 1...65_536, unit: .bins,
        "Bands under the maximum filter of the earlier frame, which takes away vibrato; 1 is none."),
      .bool("detrend", \.onset.detrend, "Whether to take away what is constant over time."),
      .bool("center", \.onset.center, "Whether to shift the result by half an analysis frame."),
    ] + mel + [
      .value("norm", \.mel.bank.norm, "Scale of the mel filters: \"slaney\", a p-norm, or null.")
    ] + stft.filter { $0.description.name != "center" }
  }
}

extension Unit {
  static let beatsPerMinute = Unit("BPM")
}
