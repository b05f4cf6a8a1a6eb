/// The full linear convolution: `scipy.signal.convolve(a, b)`, by transforms of overlapping blocks in single precision.
/// - Returns: a.count + b.count − 1 samples; none where either is empty.
public func convolved(_ a: [Float], with b: [Float]) -> [Float] {
  let (signal, response) = a.count >= b.count ? (a, b) : (b, a)
  guard !response.isEmpty else { return [] }
  let length = signal.count + response.count - 1
  // Blocks four times as long as the response spend three quarters of their work on new samples.
  let size = min(powerOfTwo(atLeast: length), max(4096, powerOfTwo(atLeast: 4 * response.count)))
  let step = size - response.count + 1
  let transform = FourierTransform.of(length: size)
  let block = AlignedBuffer<Float>(count: size, filledWith: 0)
  let spectrum = AlignedBuffer<Float>(count: 2 * transform.bins, filledWith: 0)
  let filter = AlignedBuffer<Float>(count: 2 * transform.bins, filledWith: 0)
  for index in response.indices { unsafe block.pointer[index] = response[index] / Float(size) }
  transform.forward(block, into: filter)
  var result = [Float](repeating: 0, count: length)
  for start in stride(from: 0, to: signal.count, by: step) {
    let count = min(step, signal.count - start)
    for index in 0..<count { unsafe block.pointer[index] = signal[start + index] }
    for index in count..<size { unsafe block.pointer[index] = 0 }
    transform.forward(block, into: spectrum)
    unsafe multiply(spectrum.pointer, by: filter.pointer, bins: transform.bins)
    transform.inverse(spectrum, into: block)
    for index in 0..<min(size, length - start) { unsafe result[start + index] += block.pointer[index] }
  }
  return result
}

/// The smallest power of two that is at least `count`.
func powerOfTwo(atLeast count: Int) -> Int { count <= 1 ? 1 : 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount) }

/// Complex products, real and imaginary parts interleaved.
private func multiply(_ a: UnsafeMutablePointer<Float>, by b: UnsafePointer<Float>, bins: Int) {
  for bin in 0..<bins {
    let (x, y) = unsafe (a[2 * bin], a[2 * bin + 1])
    let (u, v) = unsafe (b[2 * bin], b[2 * bin + 1])
    unsafe a[2 * bin] = x * u - y * v
    unsafe a[2 * bin + 1] = x * v + y * u
  }
}
