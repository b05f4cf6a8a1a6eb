import TimbreCore
import TimbreDSP

extension FeatureAxes {
  /// The bins of a Fourier transform, from 0 Hz to half the sample rate.
  static func spectrum(_ stft: STFTParameters, sampleRate: Int, valueUnit: Unit? = nil) -> FeatureAxes {
    FeatureAxes(
      bins: (0..<stft.bins).map { "bin_\($0)" }, positions: stft.frequencies(sampleRate: sampleRate),
      positionUnit: .hertz, valueUnit: valueUnit, hop: stft.hop(sampleRate: sampleRate),
      start: stft.start(sampleRate: sampleRate))
  }
}

/// - Throws: A diagnostic where extreme parameters or samples lead out of the range of single precision.
func finiteMatrix(_ axes: FeatureAxes, _ values: [Float]) throws -> FeatureMatrix {
  // A sum is finite only if all its parts are, unless it is itself too large; then the parts are looked at.
  let sum = values.reduce(0) { $0 + $1 }
  if !sum.isFinite, let index = values.firstIndex(where: { !$0.isFinite }) {
    let bin = axes.bins[index % axes.bins.count]
    throw Diagnostic(
      .notFinite, "the value of \(bin) in frame \(index / axes.bins.count) is too large for single precision",
      help: "scale the audio to within ±1, or use less extreme parameters")
  }
  return FeatureMatrix(axes: axes, values: values)
}
