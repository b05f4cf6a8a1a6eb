import RealModule
import TimbreCore

/// A bank of elliptic bandpasses, each at a sample rate of its own, named as in `librosa.iirt` and `librosa.filters.semitone_filterbank`.
public struct SemitoneBankParameters: Sendable, Hashable {
  public var winLength = 2048
  /// nil is a quarter of `winLength`.
  public var hopLength: Int?
  public var center = true
  /// Semitones.
  public var tuning = 0.0
  public var padMode = WidePadMode.constant
  /// Hz; nil are the 85 semitones from C1 to C8. `sampleRates` goes with it.
  public var centerFreqs: [Double]?
  public var sampleRates: [Double]?
  /// Centre frequency by bandwidth.
  public var q = 25.0
  /// dB
  public var passbandRipple = 1.0
  public var stopbandAttenuation = 50.0

  public init() {}

  public var hop: Int { hopLength ?? winLength / 4 }

  /// Hz of each band.
  public var frequencies: [Double] {
    centerFreqs ?? (24...108).map { 440 * Double.exp2((Double($0) + tuning - 69) / 12) }
  }

  var rates: [Double] {
    sampleRates
      ?? [Double](repeating: 882, count: 36) + [Double](repeating: 4410, count: 34)
      + [Double](repeating: 22_050, count: 15)
  }

  /// - Throws: A diagnostic where parameters contradict each other or a band does not fit its rate.
  public func validate() throws {
    func refuse(_ message: String, _ help: String) -> Diagnostic { Diagnostic(.invalidParameters, message, help: help) }
    guard hop > 0 else {
      throw refuse(
        "a quarter of win_length (\(winLength)) is no hop", "give hop_length, or raise win_length to at least 4")
    }
    guard (centerFreqs == nil) == (sampleRates == nil), frequencies.count == rates.count, !rates.isEmpty else {
      throw refuse("center_freqs and sample_rates do not go together", "give two lists of one length, or neither")
    }
    guard rates.allSatisfy({ (100...384_000).contains($0) }) else {
      throw refuse("sample_rates lie outside 100 to 384000 Hz", "give the rates at which bands are to be filtered")
    }
    guard passbandRipple < stopbandAttenuation else {
      throw refuse("passband_ripple is not below stopband_attenuation", "lower passband_ripple")
    }
    _ = try filters()
  }

  private static let cache = Cache<SemitoneBankParameters, [SectionCascade]>(limit: 128)

  func filters() throws -> [SectionCascade] {
    // What filters do not depend on does not make others.
    var key = SemitoneBankParameters()
    (key.tuning, key.centerFreqs, key.sampleRates, key.q) = (tuning, centerFreqs, sampleRates, q)
    (key.passbandRipple, key.stopbandAttenuation) = (passbandRipple, stopbandAttenuation)
    return try Self.cache.value(for: key) {
      try zip(frequencies, rates).map { frequency, rate in
        let width = frequency / q
        let half = rate / 2
        guard frequency > width, frequency + width < half else {
          throw Diagnostic(
            .invalidParameters,
            "the band around \(short((frequency * 10).rounded() / 10)) Hz does not fit between 0 and \(short(half)) Hz",
            help: "raise Q, lower tuning, or give a higher rate in sample_rates")
        }
        let pass = (frequency - 0.5 * width) / half...(frequency + 0.5 * width) / half
        let stop = (frequency - width) / half...(frequency + width) / half
        guard
          let filter = ellipticBandpass(
            pass: pass, stop: stop, ripple: passbandRipple, attenuation: stopbandAttenuation)
        else {
          throw Diagnostic(
            .invalidParameters, "no filter has this Q, passband_ripple and stopband_attenuation",
            help: "lower stopband_attenuation or Q, or raise passband_ripple")
        }
        return filter
      }
    }
  }
}

/// A way to change the sample rate from one to another, both in Hz, which another module provides.
public typealias RateChange = ([Float], Double, Double) throws -> [Float]

/// Short-time power of each band: `librosa.iirt`, frames × bands.
/// - Throws: A diagnostic where an uncentred signal is shorter than a frame, or values leave single precision.
public func semitonePowers(
  _ signal: Signal, _ parameters: SemitoneBankParameters, resample: RateChange
) throws -> Spectrogram {
  let (win, hop) = (parameters.winLength, parameters.hop)
  let half = parameters.center ? win / 2 : 0
  guard signal.samples.count + 2 * half >= win else {
    throw Diagnostic(
      .shortAudio, "\(signal.samples.count) samples are fewer than win_length = \(win)",
      help: "lower win_length, or set center to true")
  }
  let padded = padded(signal.samples, left: half, right: half, parameters.padMode)
  let frames = 1 + (padded.count - win) / hop
  let (filters, rates) = (try parameters.filters(), parameters.rates)
  try checkSize(frames: frames, bins: filters.count)
  var result = Spectrogram(bins: filters.count, frames: frames)
  for rate in Set(rates).sorted() {
    let samples = try resample(padded, Double(signal.sampleRate), rate)
    let factor = Double(signal.sampleRate) / rate
    let framing = BandFraming(
      win: Int((Double(win) / factor).rounded(.toNearestOrEven)), hop: Double(hop) / factor, count: samples.count,
      frames: frames)
    let bands = rates.indices.filter { rates[$0] == rate }
    for orders in Dictionary(grouping: bands, by: { filters[$0].sections.count }).sorted(by: { $0.key < $1.key }) {
      for start in stride(from: 0, to: orders.value.count, by: 4) {
        let group = orders.value[start..<min(start + 4, orders.value.count)]
        let filtered = ZeroPhaseFilters(group.map { filters[$0] }).apply(to: samples)
        framing.powers(filtered) { frame, sums in
          for (lane, band) in group.enumerated() {
            result.values[frame * result.stride + band] = Float(factor * sums[lane])
          }
        }
      }
    }
  }
  return try result.finite()
}

/// Where frames lie in a signal of another rate.
private struct BandFraming {
  let win: Int
  let hop: Double
  let count: Int
  let frames: Int

  /// Calls `body` with the sum of squares of each frame; what lies beyond the end counts as 0.
  func powers(_ values: ArraySlice<SIMD4<Double>>, _ body: (Int, SIMD4<Double>) -> Void) {
    unsafe values.withUnsafeBufferPointer { values in
      for frame in 0..<frames {
        let first = Int((Double(frame) * hop).rounded(.toNearestOrEven))
        var (a, b) = (SIMD4<Double>(repeating: 0), SIMD4<Double>(repeating: 0))
        let end = min(first + win, values.count)
        var index = first
        while index + 1 < end {
          unsafe a += values[index] * values[index]
          unsafe b += values[index + 1] * values[index + 1]
          index += 2
        }
        if index < end { unsafe a += values[index] * values[index] }
        body(frame, a + b)
      }
    }
  }
}
