extension PreciseFourierTransform {
  /// The inverse of a spectrum of real samples, `length` times too large, by way of Hartley's transform: the forward plan is all
  /// it takes. Overwrites `spectrum`.
  func inverse(_ spectrum: AlignedBuffer<Double>, into samples: AlignedBuffer<Double>) {
    let (source, target) = unsafe (spectrum.pointer, samples.pointer)
    let half = length / 2
    unsafe target[0] = unsafe source[0]
    var bin = 1
    while bin < length - bin {
      let (real, imaginary) = unsafe (source[2 * bin], source[2 * bin + 1])
      unsafe target[bin] = real - imaginary
      unsafe target[length - bin] = real + imaginary
      bin += 1
    }
    if length.isMultiple(of: 2), half > 0 { unsafe target[half] = unsafe source[2 * half] }
    forward(samples, into: spectrum)
    unsafe target[0] = unsafe source[0]
    bin = 1
    while bin < length - bin {
      let (real, imaginary) = unsafe (source[2 * bin], source[2 * bin + 1])
      unsafe target[bin] = real - imaginary
      unsafe target[length - bin] = real + imaginary
      bin += 1
    }
    if length.isMultiple(of: 2), half > 0 { unsafe target[half] = unsafe source[2 * half] }
  }
}
