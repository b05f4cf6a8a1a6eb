import TimbreCore
import TimbreDSP

/// Settings with spectral peaks among them.
protocol PeakConfig: SpectralConfig {
  var peaks: PeakParameters { get set }
}

extension Parameter where Config: PeakConfig {
  /// fmin, fmax, threshold and ref.
  static var peaks: [Parameter] {
    [
      .number("fmin", \.peaks.fmin, in: .nonNegative, unit: .hertz, "Lowest frequency of a peak."),
      .number(
        "fmax", \.peaks.fmax, in: .positive, unit: .hertz,
        "Frequency that peaks lie below; more than half the sample rate is half of it."),
      .number("threshold", \.peaks.threshold, in: .closed(0, 1), "Share of `ref` that a peak has to exceed."),
      .value(
        "ref", \.peaks.reference,
        "\"max\" for the maximum of each frame, or the magnitude itself that a peak has to exceed."),
    ]
  }
}
