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
  if !sum(of: values).isFinite, let index = values.firstIndex(where: { !$0.isFinite }) {
    let bin = axes.bins[index % axes.bins.count]
    throw Diagnostic(
      .notFinite, "the value of \(bin) in frame \(index / axes.bins.count) is too large for single precision",
      help: "scale the audio to within ±1, or use less extreme parameters")
  }
  return FeatureMatrix(axes: axes, values: values)
}

/// In an order of its own: one sum after the other would wait for each addition.
private func sum(of values: [Float]) -> Float {
  unsafe values.withUnsafeBytes { raw in
    var lanes = (SIMD8<Float>(repeating: 0), SIMD8<Float>(repeating: 0))
    let whole = values.count / 16 * 16
    for index in stride(from: 0, to: whole, by: 16) {
      lanes.0 += unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
      lanes.1 += unsafe raw.loadUnaligned(fromByteOffset: 4 * index + 32, as: SIMD8<Float>.self)
    }
    return values[whole...].reduce((lanes.0 + lanes.1).sum(), +)
  }
}
