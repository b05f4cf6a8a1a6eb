import RealModule
import TimbreCore

/// Changes a sample rate by a low-pass filter of which an impulse response was measured.
///
/// Blocks are filtered by their spectra and come back at a rate at least twice as high as the filter lets pass; between those samples
/// a window of eight interpolates, whose own response the spectra have been divided by. That is the type 2 transform of Dutt and
/// Rokhlin (1993) with the window of Kaiser and Bessel: its error is below 1e-6 of the largest sample, whatever the ratio. Two blocks
/// go through a transform together, as the real and the imaginary part of its numbers.
package final class MeasuredResampling: Sendable {
  /// Samples of a block, and of what comes of it.
  private let size: Int
  private let finer: Int
  /// Samples that a block has before and behind those whose result is right.
  private let margin: Int
  /// The filter at the block's frequencies from 0 on, as far as it lets pass; each twice, for real and imaginary parts.
  private let response: [Float]
  private let forward: ComplexTransform
  private let inverse: ComplexTransform
  private let interpolation = InterpolationTable.shared

  /// - Parameters:
  ///   - response: What the filter makes of an impulse, at the rate `to`.
  ///   - centre: Where the impulse lies, counted in samples of `response`.
  ///   - reach: How far the filter reaches to either side, in samples at the lower of both rates.
  ///   - from: The rates that it was measured at.
  package init(response: [Double], centre: Double, reach: Double, from: Double, to: Double) {
    let lower = min(from, to)
    let reached = Int((reach * from / lower).rounded(.up)) + 32
    let size = powerOfTwo(atLeast: max(1024, 5 * reached))
    self.size = size
    var finer = 2 * size
    while Double(finer / 2) * from >= 2 * lower * Double(size) { finer /= 2 }
    self.finer = finer
    // In whole vectors at the finer rate as well.
    let vector = 8 * max(1, size / finer)
    margin = (reached + vector - 1) / vector * vector
    forward = .of(length: size)
    inverse = .of(length: finer)
    let bins = Int(Double(size) * lower / 2 / from)
    let turns = (0...bins).map { Double($0) * from / Double(size) / to }
    let ratio = from / to / Double(size)
    self.response = zip(turns, Self.spectrum(of: response, centre: centre, at: turns)).flatMap { turns, value in
      let given = InterpolationTable.response(at: turns * to / from * Double(size) / Double(finer))
      let value = Float(value * ratio / given)
      return [value, value]
    }
  }

  /// The spectrum of a response that is even around `centre`, at frequencies in turns a sample.
  private static func spectrum(of response: [Double], centre: Double, at turns: [Double]) -> [Double] {
    typealias Lanes = SIMD8<Double>
    var result: [Double] = []
    for start in stride(from: 0, to: turns.count, by: 8) {
      let angles = (start..<start + 8).map { 2 * Double.pi * ($0 < turns.count ? turns[$0] : 0) }
      var (c, s) = (Lanes(angles.map { .cos($0 * centre) }), Lanes(angles.map { -.sin($0 * centre) }))
      let (dc, ds) = (Lanes(angles.map(Double.cos)), Lanes(angles.map(Double.sin)))
      var sum = Lanes.zero
      for value in response {
        sum += c * value
        (c, s) = (c * dc - s * ds, s * dc + c * ds)
      }
      result += (0..<min(8, turns.count - start)).map { sum[$0] }
    }
    return result
  }

  /// - Parameter from: With `to`, the rates that the filter was measured at, or others that it is the filter of as well.
  /// - Returns: `count` samples at the rate `to`, the first at the time of the first of `samples`; before and behind these there is silence.
  package func resample(_ samples: [Float], from: Double, to: Double, count: Int) -> [Float] {
    // Four samples of the finer rate before the first result, at least, are needed to interpolate it.
    let lead = 64
    let hop = size - 2 * margin
    let made = hop * finer / size
    let spectra = BlockSpectra(size: size, finer: finer)
    let kept = 16
    let fine = AlignedBuffer<Float>(count: kept + 2 * made + 64, filledWith: 0)
    let step = from * Double(finer) / Double(size) / to
    return unsafe [Float](unsafeUninitializedCapacity: count) { target, written in
      guard let target = target.baseAddress else { return }
      var start = -lead
      // Where the first number of `fine` lies, in samples of the finer rate.
      var origin = -lead * finer / size - kept
      while written < count {
        unsafe filter(samples, from: start - margin, hop: hop, spectra, into: fine.pointer + kept, made: made)
        start += 2 * hop
        // As many results as have all of their neighbours.
        let end = Double(origin + kept + 2 * made - 5)
        let next = min(count, Int((end / step).rounded(.down)) + 1)
        if next > written {
          unsafe interpolation.write(
            from: fine.pointer, origin: origin, step: step, results: written..<next, into: target)
          written = next
        }
        unsafe fine.pointer.update(from: fine.pointer + 2 * made, count: kept)
        origin += 2 * made
      }
    }
  }

  /// Two blocks, the second `hop` samples after the first; of each the `made` numbers behind its margin.
  private func filter(
    _ samples: [Float], from start: Int, hop: Int, _ spectra: BlockSpectra, into target: UnsafeMutablePointer<Float>,
    made: Int
  ) {
    unsafe samples.withUnsafeBufferPointer { samples in
      let pairs = unsafe spectra.input.pointer
      for index in stride(from: 0, to: size, by: 8) {
        let (a, b) = unsafe (eight(samples, start + index), eight(samples, start + hop + index))
        var both = SIMD16<Float>()
        (both.evenHalf, both.oddHalf) = (a, b)
        unsafe both.store(pairs, 2 * index)
      }
    }
    WorkDone.transforms.add(2)
    forward.forward(spectra.input, into: spectra.spectrum)
    unsafe pass(spectra.spectrum.pointer, into: spectra.finerSpectrum.pointer)
    inverse.inverse(spectra.finerSpectrum, into: spectra.output)
    let first = margin * finer / size
    let output = unsafe spectra.output.pointer + 2 * first
    // The buffer has room behind the last whole vector.
    for index in stride(from: 0, to: made, by: 8) {
      let both = unsafe SIMD16.load(output, 2 * index)
      unsafe both.evenHalf.store(target, index)
      unsafe both.oddHalf.store(target, made + index)
    }
  }

  /// Positive and negative frequencies, times the filter, to the two ends of the finer spectrum; between them it stays zero.
  private func pass(_ spectrum: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) {
    unsafe response.withUnsafeBufferPointer { response in
      let count = response.count
      for index in 0..<count { unsafe target[index] = spectrum[index] * response[index] }
      let (behind, end) = unsafe (spectrum + 2 * size, target + 2 * finer)
      for index in stride(from: 2, to: count, by: 2) {
        unsafe end[-index] = behind[-index] * response[index]
        unsafe end[1 - index] = behind[1 - index] * response[index]
      }
    }
  }
}

/// Eight neighbours, zero where there are none.
@inline(__always)
private func eight(_ samples: UnsafeBufferPointer<Float>, _ start: Int) -> SIMD8<Float> {
  if let base = samples.baseAddress, start >= 0, start + 8 <= samples.count { return unsafe SIMD8.load(base, start) }
  var values = SIMD8<Float>()
  for lane in 0..<8 where samples.indices.contains(start + lane) { values[lane] = unsafe samples[start + lane] }
  return values
}

/// What one thread needs to take two blocks through the filter.
private struct BlockSpectra {
  let input: AlignedBuffer<Float>
  let spectrum: AlignedBuffer<Float>
  let finerSpectrum: AlignedBuffer<Float>
  let output: AlignedBuffer<Float>

  init(size: Int, finer: Int) {
    input = AlignedBuffer(count: 2 * size, filledWith: 0)
    spectrum = AlignedBuffer(count: 2 * size, filledWith: 0)
    finerSpectrum = AlignedBuffer(count: 2 * finer, filledWith: 0)
    output = AlignedBuffer(count: 2 * finer + 16, filledWith: 0)
  }
}
