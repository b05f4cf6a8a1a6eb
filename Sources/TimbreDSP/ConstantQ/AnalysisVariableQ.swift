import RealModule
import TimbreCore

/// A way to halve the sample rate, which another module provides, under a name that tells it from others.
public struct RateReducer {
  let name: String
  /// The signal, and by what its rate is divided; the result is scaled to the same energy.
  let reduce: ([Float], Int) throws -> [Float]

  public init(name: String, _ reduce: @escaping ([Float], Int) throws -> [Float]) {
    self.name = name
    self.reduce = reduce
  }
}

private struct ReducedKey: Hashable { var reducer: String, downsampling: Int, isScaled: Bool, halvings: Int }
private struct VariableQKey: Hashable { var parameters: VariableQParameters, reducer: String }
private struct HybridKey: Hashable { var parameters: VariableQParameters, reducer: String }

extension Analysis {
  /// Magnitudes of the variable-Q transform, `np.abs(librosa.vqt(…))`: frames × n_bins.
  /// - Throws: A diagnostic where filters reach beyond half the sample rate or are too long, or values leave single precision.
  public func variableQ(_ parameters: VariableQParameters, _ reducer: RateReducer) throws -> Spectrogram {
    let parameters = try tuned(parameters)
    return try shared(VariableQKey(parameters: parameters, reducer: reducer.name)) {
      let plan = try VariableQPlan.of(parameters, sampleRate: signal.sampleRate)
      let responses = try plan.octaves.map { octave in
        try FilterResponse(
          of: try reduced(plan.downsampling, parameters.scale, octave.halvings, reducer), octave.bank,
          ResponseParameters(hopLength: octave.hop, padMode: parameters.padMode))
      }
      let frames = responses.map(\.frames).min() ?? 0
      try checkSize(frames: frames, bins: parameters.nBins)
      var result = Spectrogram(bins: parameters.nBins, frames: frames)
      for (octave, response) in zip(plan.octaves, responses) { response.write(to: &result, at: octave.bin) }
      return try result.finite()
    }
  }

  /// Magnitudes of the hybrid constant-Q transform, `librosa.hybrid_cqt`: frames × n_bins. Filters shorter than two hops multiply the
  /// magnitudes of one spectrum.
  public func hybridConstantQ(_ parameters: VariableQParameters, _ reducer: RateReducer) throws -> Spectrogram {
    let parameters = try tuned(parameters)
    return try shared(HybridKey(parameters: parameters, reducer: reducer.name)) {
      let plan = try HybridPlan.of(parameters, sampleRate: signal.sampleRate)
      let full = try plan.full.map { try variableQ($0, reducer) }
      let response = try plan.bank.map { bank in
        try FilterResponse(
          of: signal.samples, bank,
          ResponseParameters(hopLength: parameters.hopLength, padMode: parameters.padMode, window: .hann))
      }
      let frames = min(full?.frames ?? .max, response?.frames ?? .max)
      try checkSize(frames: frames, bins: parameters.nBins)
      var result = Spectrogram(bins: parameters.nBins, frames: frames)
      if let full {
        for frame in 0..<frames {
          for bin in 0..<full.bins { result.values[frame * result.stride + bin] = full[bin: bin, frame: frame] }
        }
      }
      response?.write(to: &result, at: full?.bins ?? 0)
      return try result.finite()
    }
  }

  /// With the tuning estimated where it is not given, as librosa estimates it from the signal.
  private func tuned(_ parameters: VariableQParameters) throws -> VariableQParameters {
    guard parameters.tuning == nil else { return parameters }
    var result = parameters
    // Magnitudes as exact as librosa's: where each counts as much as the next, as in clicks, their last bits choose the tuning.
    result.tuning = estimateTuning(
      try preciseMagnitudes(STFTParameters()), sampleRate: signal.sampleRate, binsPerOctave: parameters.perOctave)
    return result
  }

  /// The signal at a lower rate, from the next higher one: octaves share what lies above them.
  private func reduced(
    _ downsampling: Int, _ isScaled: Bool, _ halvings: Int, _ reducer: RateReducer
  ) throws -> [Float] {
    if downsampling == 1, halvings == 0 { return signal.samples }
    let key = ReducedKey(
      reducer: reducer.name, downsampling: downsampling, isScaled: isScaled || downsampling == 1, halvings: halvings)
    return try shared(key) {
      if halvings > 0 { return try reducer.reduce(try reduced(downsampling, isScaled, halvings - 1, reducer), 2) }
      let samples = try reducer.reduce(signal.samples, downsampling)
      // Responses that are not divided by lengths would show that the first downsampling kept the energy.
      return isScaled ? samples : samples.map { Float(Double($0) * Double(downsampling).squareRoot()) }
    }
  }
}

/// The two parts of a hybrid constant-Q transform.
struct HybridPlan: Sendable {
  /// Filters that multiply magnitudes, the highest bins.
  var bank: SparseBank?
  /// The transform that gives the other bins.
  var full: VariableQParameters?

  private struct Key: Hashable { var parameters: VariableQParameters, sampleRate: Int }
  private static let cache = Cache<Key, HybridPlan>(limit: 128)
  private static let large = Cache<Key, HybridPlan>(limit: 4)
  /// How many numbers the filters hold at most.
  private var coefficients = 0

  static func of(_ parameters: VariableQParameters, sampleRate: Int) throws -> HybridPlan {
    let key = Key(parameters: parameters, sampleRate: sampleRate)
    let outline = try HybridPlan(parameters, sampleRate: sampleRate, filling: false)
    return try (outline.coefficients > 1 << 19 ? large : cache).value(for: key) {
      try HybridPlan(parameters, sampleRate: sampleRate, filling: true)
    }
  }

  /// - Parameters:
  ///   - parameters: With a tuning.
  ///   - filling: Whether to make the filters, rather than only to find out whether they can be made.
  init(_ parameters: VariableQParameters, sampleRate: Int, filling: Bool) throws {
    let rate = Double(sampleRate)
    let bands = WaveletBands(try parameters.frequencies(), binsPerOctave: parameters.perOctave)
    let lengths = bands.lengths(parameters.wavelets, gamma: 0, sampleRate: rate)
    let count = lengths.count
    let hop = Double(parameters.hopLength)
    let split = lengths.count { Double.exp2(Double.log2($0).rounded(.up)) >= 2 * hop }
    if split > 0 {
      var lower = parameters
      lower.fmin = parameters.lowest * Double.exp2((parameters.tuning ?? 0) / Double(parameters.perOctave))
      lower.tuning = 0
      lower.nBins = split
      lower.gamma = 0
      full = lower
      _ = try VariableQPlan.shape(lower, sampleRate: sampleRate)
    }
    guard split < count else { return }
    let upper = WaveletBands(Array(bands.frequencies[split...]), binsPerOctave: parameters.perOctave)
    let short = upper.lengths(parameters.wavelets, gamma: 0, sampleRate: rate)
    let nFFT = max(try VariableQPlan.transformLength(short), 1 << (1 + SparseBank.exponent(hop)))
    coefficients = short.count * (nFFT / 2 + 1)
    guard coefficients <= VariableQPlan.largest else { throw VariableQPlan.tooLong }
    guard filling else { return }
    var made = SparseBank(
      upper.frequencies, lengths: short, sampleRate: rate, nFFT: nFFT, ofMagnitudes: true, parameters.wavelets)
    made.scales = short.map { parameters.scale ? 1 / Double(nFFT).squareRoot() : ($0 / Double(nFFT)).squareRoot() }
    bank = made
  }
}

extension VariableQParameters {
  /// - Throws: A diagnostic where no hybrid transform has these parameters at this rate.
  public func validateHybrid(sampleRate: Int) throws {
    var nominal = self
    nominal.tuning = tuning ?? 0
    _ = try HybridPlan(nominal, sampleRate: sampleRate, filling: false)
  }
}

extension Spectrogram {
  /// Itself.
  /// - Throws: A diagnostic where a value is not finite.
  func finite() throws -> Spectrogram {
    guard values.allSatisfy(\.isFinite) else {
      throw Diagnostic(
        .notFinite, "responses of filters are too large for single precision", help: "scale the audio to within ±1")
    }
    return self
  }
}
