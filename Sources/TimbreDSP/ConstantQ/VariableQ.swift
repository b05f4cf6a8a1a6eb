import RealModule
import TimbreCore

/// Everything that a variable-Q transform depends on besides the signal and the resampler, named as in `librosa.vqt`. The constant-Q
/// transform is the one whose `gamma` is 0.
public struct VariableQParameters: Sendable, Hashable {
  public var hopLength = 512
  /// Hz; nil is C1.
  public var fmin: Double?
  public var nBins = 84
  public var intervals = PitchIntervals.equal
  /// Hz added to the bandwidth of each filter; nil follows the ear's.
  public var gamma: Double? = 0
  public var binsPerOctave = 12
  /// In bins; nil estimates it.
  public var tuning: Double? = 0
  public var wavelets = WaveletParameters()
  public var scale = true
  public var padMode = PadMode.constant

  public init() {}

  /// The lowest frequency before tuning, in Hz.
  public var lowest: Double { fmin ?? Self.c1 }
  /// C1, three octaves and nine semitones under A = 440 Hz.
  static let c1 = 440 * Double.exp2((24.0 - 69) / 12)

  var perOctave: Int { intervals.count(binsPerOctave: binsPerOctave) }

  /// The frequencies of the bins in Hz; an unknown tuning counts as 0.
  public func frequencies() throws -> [Double] {
    let fmin = lowest * Double.exp2((tuning ?? 0) / Double(perOctave))
    let frequencies = intervals.frequencies(nBins, fmin: fmin, binsPerOctave: perOctave)
    guard let first = frequencies.first, let last = frequencies.last, first > 1e-9, last < 1e9,
      zip(frequencies, frequencies.dropFirst()).allSatisfy({ $0 < $1 * (1 - 1e-9) })
    else {
      throw Diagnostic(
        .invalidParameters, "the bins are not at ascending frequencies that audio can have",
        help: "give other values of fmin, n_bins, tuning or intervals")
    }
    return frequencies
  }

  /// - Throws: A diagnostic where filters would reach beyond half the sample rate.
  func bands(sampleRate: Int) throws -> WaveletBands {
    let bands = WaveletBands(try frequencies(), binsPerOctave: perOctave)
    let highest = bands.cutoff(wavelets, gamma: gamma)
    guard highest <= Double(sampleRate) / 2 else {
      throw Diagnostic(
        .invalidParameters,
        "the highest filter reaches to \(short((highest * 10).rounded() / 10)) Hz, beyond half the sample rate of \(sampleRate) Hz",
        help: "lower the number of bins or octaves, or fmin, or use audio of a higher rate")
    }
    return bands
  }

  /// - Throws: A diagnostic where no transform has these parameters at this rate.
  public func validate(sampleRate: Int) throws {
    var nominal = self
    nominal.tuning = tuning ?? 0
    _ = try VariableQPlan.shape(nominal, sampleRate: sampleRate)
  }
}

/// The filters of a variable-Q transform at one sample rate, an octave at a time from the highest.
struct VariableQPlan: Sendable {
  struct Octave: Sendable {
    var bank: SparseBank
    /// The first bin of the octave.
    var bin: Int
    var hop: Int
    /// How often the signal has been halved.
    var halvings: Int
  }

  /// What the signal is downsampled by before the first octave.
  let downsampling: Int
  let octaves: [Octave]

  /// Filters longer than this (three minutes at 22,050 Hz) take memory and time beyond use.
  private static let longest = 4_194_304.0
  /// So many coefficients, were none of them dropped.
  static let largest = 1 << 26

  private struct Key: Hashable { var parameters: VariableQParameters, sampleRate: Int }
  private static let cache = Cache<Key, VariableQPlan>(limit: 128)
  private static let large = Cache<Key, VariableQPlan>(limit: 4)

  /// - Parameter parameters: With a tuning.
  static func of(_ parameters: VariableQParameters, sampleRate: Int) throws -> VariableQPlan {
    let shape = try shape(parameters, sampleRate: sampleRate)
    let isLarge = shape.coefficients > 1 << 19
    return (isLarge ? large : cache).value(for: Key(parameters: parameters, sampleRate: sampleRate)) {
      VariableQPlan(shape, parameters)
    }
  }

  struct Shape {
    struct Octave {
      var bands: WaveletBands
      var lengths: [Double]
      var bin: Int
      var nFFT: Int
      var sampleRate: Double
      var hop: Int
      var halvings: Int
    }
    var downsampling: Int
    var octaves: [Octave]
    var coefficients: Int { octaves.reduce(0) { $0 + $1.lengths.count * ($1.nFFT / 2 + 1) } }
  }

  /// Everything but the filters themselves: `librosa.vqt` up to its loop, and what the loop does to rates and hops.
  static func shape(_ parameters: VariableQParameters, sampleRate: Int) throws -> Shape {
    let bands = try parameters.bands(sampleRate: sampleRate)
    let (count, perOctave) = (bands.frequencies.count, parameters.perOctave)
    let octaves = (count + perOctave - 1) / perOctave
    let cutoff = bands.cutoff(parameters.wavelets, gamma: parameters.gamma)
    let room = Int(Double.log2(Double(sampleRate) / 2 / cutoff).rounded(.up)) - 2
    let halvings = max(0, min(room, parameters.hopLength.trailingZeroBitCount - octaves + 1))
    var shape = Shape(downsampling: 1 << halvings, octaves: [])
    var (hop, rate, done) = (parameters.hopLength >> halvings, Double(sampleRate) / Double(1 << halvings), 0)
    var end = count
    var coefficients = 0
    while end > 0 {
      let start = max(0, end - perOctave)
      let part = bands[start..<end]
      let lengths = part.lengths(parameters.wavelets, gamma: parameters.gamma, sampleRate: rate)
      let nFFT = try transformLength(lengths)
      coefficients += lengths.count * (nFFT / 2 + 1)
      guard coefficients <= largest else { throw tooLong }
      shape.octaves.append(
        Shape.Octave(
          bands: part, lengths: lengths, bin: start, nFFT: nFFT, sampleRate: rate, hop: hop, halvings: done))
      if hop.isMultiple(of: 2) {
        hop /= 2
        rate /= 2
        done += 1
      }
      end = start
    }
    return shape
  }

  /// The power of two that holds filters of these lengths.
  static func transformLength(_ lengths: [Double]) throws -> Int {
    let length = lengths.max() ?? 0
    guard length <= longest else { throw tooLong }
    guard length > 0.5 else {
      throw Diagnostic(
        .invalidParameters, "filters are shorter than one sample", help: "raise filter_scale, or lower gamma")
    }
    return 1 << SparseBank.exponent(length)
  }

  static var tooLong: Diagnostic {
    Diagnostic(
      .invalidParameters, "filters are too long to hold",
      help:
        "raise fmin, lower bins_per_octave or filter_scale, or give a hop_length that 2 divides once for each octave"
    )
  }

  private init(_ shape: Shape, _ parameters: VariableQParameters) {
    downsampling = shape.downsampling
    var octaves: [Octave] = []
    var plain: SparseBank?
    for (index, octave) in shape.octaves.enumerated() {
      // An octave lower at half the rate the filters are the same numbers.
      let bank: SparseBank
      if let plain, index > 0, octave.isSame(as: shape.octaves[index - 1]) {
        bank = plain
      } else {
        bank = SparseBank(
          octave.bands.frequencies, lengths: octave.lengths, sampleRate: octave.sampleRate, nFFT: octave.nFFT,
          parameters.wavelets)
        plain = bank
      }
      let first = shape.octaves[0].sampleRate
      var scaled = bank.multiplied(by: (first / octave.sampleRate).squareRoot())
      if parameters.scale {
        scaled.scales = octave.bands.lengths(parameters.wavelets, gamma: parameters.gamma, sampleRate: first)
          .map { 1 / $0.squareRoot() }
      }
      octaves.append(Octave(bank: scaled, bin: octave.bin, hop: octave.hop, halvings: octave.halvings))
    }
    self.octaves = octaves
  }
}

extension VariableQPlan.Shape.Octave {
  fileprivate func isSame(as other: Self) -> Bool {
    guard nFFT == other.nFFT, lengths.count == other.lengths.count else { return false }
    return lengths.indices.allSatisfy { index in
      let (a, b) = (lengths[index] / 2, other.lengths[index] / 2)
      return bands.frequencies[index] / sampleRate == other.bands.frequencies[index] / other.sampleRate
        && abs(a - b) < 1e-9 * a && a.rounded(.down) == b.rounded(.down) && a.rounded(.up) == b.rounded(.up)
    }
  }
}
