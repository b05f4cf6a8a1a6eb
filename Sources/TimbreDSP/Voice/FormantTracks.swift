import RealModule
import TimbreCore

/// How resonances are found, named as in Praat's "To Formant (burg)…".
public struct FormantParameters: Sendable, Hashable {
  /// Seconds; nil is a quarter of the window length.
  public var timeStep: Double?
  /// May be a half: 5.5 formants are 11 poles.
  public var maxNumberOfFormants = 5.0
  /// Hz
  public var maximumFormant = 5500.0
  /// Seconds: half of what the Gaussian window covers.
  public var windowLength = 0.025
  /// Hz
  public var preEmphasisFrom = 50.0

  public init() {}

  var poles: Int { Int((2 * maxNumberOfFormants).rounded()) }
  /// How many formants a frame can have.
  public var count: Int { poles / 2 }
  public var step: Double { timeStep ?? windowLength / 4 }

  /// - Throws: A diagnostic when the window holds fewer samples than there are poles.
  public func validate() throws {
    let samples = (4 * windowLength * maximumFormant).rounded(.down)
    if samples < Double(poles + 1) {
      throw Diagnostic(
        .invalidParameters, "the window holds \(Int(samples)) samples, too few for \(poles) poles",
        help: "raise window_length, or lower max_number_of_formants")
    }
    if samples > 1e8 {
      throw Diagnostic(
        .invalidParameters, "a window of \(windowLength) s at \(2 * maximumFormant) Hz does not fit into memory",
        help: "lower window_length or maximum_formant")
    }
  }
}

extension Analysis {
  /// Frequencies and bandwidths in Hz: for each frame F1, F2, … and then B1, B2, …; 0 where a frame has no more formants.
  public func formants(_ parameters: FormantParameters) throws -> [Float] {
    try parameters.validate()
    var sound = sampledSound
    // Other rates than asked for are resampled; what is nearly half the sample rate stays.
    if (parameters.maximumFormant / (0.5 / sound.step) - 1).magnitude >= 1e-12 {
      guard sound.duration * parameters.maximumFormant < 1e9 else {
        throw Diagnostic(
          .invalidParameters, "the recording at \(2 * parameters.maximumFormant) Hz does not fit into memory",
          help: "lower maximum_formant")
      }
      sound = sound.resampled(to: 2 * parameters.maximumFormant, precision: 50)
    }
    return try sound.formants(parameters)
  }
}

extension SampledSound {
  fileprivate func formants(_ parameters: FormantParameters) throws -> [Float] {
    let emphasised = preEmphasised(from: parameters.preEmphasisFrom)
    // A sound shorter than the window is one frame.
    var (count, start, length) = (1, 0.0, samples.count)
    let isWhole = 2 * parameters.windowLength > duration
    if !isWhole {
      length = Int(2 * parameters.windowLength / step)
      let frames = 1 + ((duration - 2 * parameters.windowLength) / parameters.step).rounded(.down)
      try checkFrames(frames < 1e12 ? Int(frames) : .max, values: 2 * parameters.count)
      count = Int(frames)
      start = first + 0.5 * (duration - step - (frames - 1) * parameters.step)
    }
    let columns = 2 * parameters.count
    var values = [Float](repeating: 0, count: columns * count)
    let order = parameters.poles
    guard length > order else { return values }
    let window = gaussianWindow(length)
    let burg = BurgPrediction(order: order, length: length)
    var roots = PolynomialRoots(order: order)
    let limits = 50...max(50, 0.5 / step - 50)
    for frame in 0..<count {
      let time = start + Double(frame) * parameters.step
      // As many samples on either side, so that of an odd window the last is never used.
      let middle = isWhole ? length / 2 : index(before: time) + 1
      let range = max(0, middle - length / 2)..<max(0, min(samples.count, middle + length / 2))
      guard emphasised[range].contains(where: { $0 != 0 }) else { continue }
      burg.predict(emphasised, range, window: window)
      roots.solve(burg.coefficients)
      var place = frame * columns
      let end = place + parameters.count
      for formant in roots.resonances(rate: 1 / step) where limits.contains(formant.frequency) {
        guard place < end else { break }
        values[place] = Float(formant.frequency)
        values[place + parameters.count] = Float(formant.bandwidth)
        place += 1
      }
    }
    return values
  }

  /// Each sample less a share of the one before: 6 dB an octave above a frequency.
  private func preEmphasised(from frequency: Double) -> [Double] {
    let share = Double.exp(-2 * .pi * frequency * step)
    return samples.indices.map { $0 == 0 ? samples[0] : samples[$0] - share * samples[$0 - 1] }
  }
}

extension PolynomialRoots {
  /// Of each pair of roots the frequency and the bandwidth in Hz, by frequency.
  func resonances(rate: Double) -> [(frequency: Double, bandwidth: Double)] {
    var result: [(frequency: Double, bandwidth: Double)] = []
    for (x, y) in zip(real, imaginary) where y >= 0 {
      let size = x * x + y * y
      guard size > 0 else { continue }
      // A root outside the unit circle stands for its mirror image inside.
      let decay = Double.log(size).magnitude
      result.append((Double.atan2(y: y, x: x).magnitude * rate / (2 * .pi), decay * rate / (2 * .pi)))
    }
    return result.sorted { $0.frequency < $1.frequency }
  }
}
