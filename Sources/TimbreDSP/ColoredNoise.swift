import RealModule
import TimbreCore

/// Gaussian noise whose power a hertz grows as frequency to the power of `exponent`: 0 is white, −1 pink, −2 brown.
///
/// White noise is drawn sample by sample. Other colours are drawn as a spectrum of independent normal numbers, shaped exactly, and
/// transformed back. Below 20 Hz the spectrum stays as high as at 20 Hz, so that inaudible swings do not take all the power; there is
/// no constant part. The level of the result is arbitrary.
/// - Throws: A diagnostic where the noise would be longer than 2²⁷ samples (about 100 minutes at 22,050 Hz).
public func coloredNoise(
  count: Int, exponent: Double, sampleRate: Int, drawing random: inout RandomSource
) throws -> [Float] {
  if exponent == 0 { return (0..<count).map { _ in Float(random.normal()) } }
  guard count <= 1 << 27 else {
    throw Diagnostic(
      .outOfRange, "\(count) samples are too many for noise of this colour", help: "cut the audio into shorter clips")
  }
  let size = powerOfTwo(atLeast: max(count, 256))
  let transform = FourierTransform.of(length: size)
  let spectrum = AlignedBuffer<Float>(count: 2 * transform.bins, filledWith: 0)
  let samples = AlignedBuffer<Float>(count: size, filledWith: 0)
  for bin in 1..<transform.bins {
    let frequency = max(Double(bin) * Double(sampleRate) / Double(size), 20)
    let amplitude = Double.pow(frequency / 1000, exponent / 2)
    unsafe spectrum.pointer[2 * bin] = Float(amplitude * random.normal())
    unsafe spectrum.pointer[2 * bin + 1] = Float(amplitude * random.normal())
  }
  transform.inverse(spectrum, into: samples)
  return (0..<count).map { unsafe samples.pointer[$0] }
}
