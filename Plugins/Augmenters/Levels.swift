import RealModule

/// The mean of the squares; 0 of nothing.
func meanSquare(_ samples: [Float]) -> Double {
  samples.isEmpty ? 0 : samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)
}

/// `signal` plus `noise` of the same length, scaled so that the mean squares of the two stand `snr` decibels apart.
///
/// Without a level to go by, one of them being silent, the signal stays as it is.
func mixed(_ signal: [Float], with noise: [Float], snr: Double) -> [Float] {
  let (wanted, given) = (meanSquare(signal), meanSquare(noise))
  // Below an RMS of 1e-9 there is nothing to hear in any recording, only what conversions leave.
  guard wanted > 0, given > 1e-18 else { return signal }
  let gain = (wanted / given * Double.pow(10, -snr / 10)).squareRoot()
  var result = signal
  for index in result.indices { result[index] = Float(Double(signal[index]) + gain * Double(noise[index])) }
  return result
}

/// The weight of the `index`-th of `length` samples that fade in; backwards it fades out.
///
/// The polynomial of "A cheap energy-preserving-ish crossfade" (Signalsmith Audio, 2021), which audiomentations uses.
/// - Parameter keepsEnergy: Whether the squares of a fade in and a fade out add up to about 1, or the weights themselves.
func fadeIn(_ index: Int, of length: Int, keepsEnergy: Bool) -> Double {
  let x = length > 1 ? Double(index) / Double(length - 1) : 0
  let a = x * (1 - x)
  let root = x + a * (1 + (keepsEnergy ? 1.4186 : -0.70912) * a)
  return root * root
}
