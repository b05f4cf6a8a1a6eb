import TimbreCore

/// What YIN's difference function depends on besides the signal, named as in `librosa.yin`.
public struct YinParameters: Sendable, Hashable {
  /// Hz
  public var fmin: Double
  /// Hz
  public var fmax: Double
  public var frameLength: Int
  /// nil is a quarter of `frameLength`.
  public var hopLength: Int?
  public var center: Bool
  public var padMode: WidePadMode

  /// The range is C2 to C7, which librosa recommends.
  public init(
    fmin: Double = 65.4, fmax: Double = 2093, frameLength: Int = 2048, hopLength: Int? = nil, center: Bool = true,
    padMode: WidePadMode = .constant
  ) {
    self.fmin = fmin
    self.fmax = fmax
    self.frameLength = frameLength
    self.hopLength = hopLength
    self.center = center
    self.padMode = padMode
  }

  public var hop: Int { hopLength ?? frameLength / 4 }

  /// Seconds at which the first frame is centred.
  public func start(sampleRate: Int) -> Double { center ? 0 : Double(frameLength / 2) / Double(sampleRate) }

  /// The periods that are searched, in samples.
  /// - Throws: A diagnostic where the range of frequencies is empty, above half the sample rate, or too low for the frame.
  public func periods(sampleRate: Int) throws -> ClosedRange<Int> {
    let rate = Double(sampleRate)
    guard fmax <= rate / 2 else {
      throw Diagnostic(
        .invalidParameters, "fmax (\(short(fmax)) Hz) is above half the sample rate, \(short(rate / 2)) Hz",
        help: "lower fmax, or resample to at least \(short((2 * fmax).rounded(.up))) Hz")
    }
    guard fmin < fmax else {
      throw Diagnostic(
        .invalidParameters, "fmin (\(short(fmin)) Hz) is not below fmax (\(short(fmax)) Hz)", help: "lower fmin")
    }
    guard rate / fmin < Double(frameLength - 1) else {
      let least = rate / fmin < 1e9 ? "frame_length to at least \(Int((rate / fmin).rounded(.down)) + 2), or " : ""
      throw Diagnostic(
        .invalidParameters,
        "a period of fmin (\(short(fmin)) Hz) at \(sampleRate) Hz does not fit into a frame of \(frameLength) samples",
        help: "raise \(least)fmin above \(short(rate / Double(frameLength - 1))) Hz")
    }
    return Int((rate / fmax).rounded(.down))...min(Int((rate / fmin).rounded(.up)), frameLength - 1)
  }
}

/// A local minimum of YIN's difference function: a period that the frame may repeat at.
public struct PitchTrough: Sendable, Hashable {
  /// Samples.
  public var period: Int
  /// The value of the cumulative-mean-normalised difference function: 0 where the frame repeats exactly.
  public var height: Double
  /// From `period` to the vertex of the parabola through it and its neighbours, in samples.
  public var shift: Double

  /// Samples.
  public var refinedPeriod: Double { Double(period) + shift }
}

/// The local minima of YIN's difference function (de Cheveigné and Kawahara 2002, equation 8) of every frame, as
/// `librosa.yin` and `librosa.pyin` compute it, rounding for rounding: differences from sums and a Fourier transform in single
/// precision, normalised in double.
public struct PitchTroughs: Sendable {
  private var troughs: [PitchTrough] = []
  private var ends: [Int] = []
  /// The global minimum of each frame.
  public private(set) var lowest: [PitchTrough] = []

  public var frames: Int { ends.count }

  /// The minima of a frame, the shortest period first; the ends of the range count when they lie below their neighbour.
  public func frame(_ index: Int) -> ArraySlice<PitchTrough> {
    troughs[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  init(_ signal: Signal, _ parameters: YinParameters) throws {
    let periods = try parameters.periods(sampleRate: signal.sampleRate)
    let (size, hop) = (parameters.frameLength, parameters.hop)
    let half = size / 2
    let samples =
      parameters.center ? padded(signal.samples, left: half, right: half, parameters.padMode) : signal.samples
    guard samples.count >= size else {
      throw Diagnostic(
        .shortAudio, "\(samples.count) samples are fewer than one frame of frame_length = \(size)",
        help: "lower frame_length" + (parameters.center ? "" : ", or set center to true"))
    }
    let count = 1 + (samples.count - size) / hop
    try checkSize(frames: count, bins: periods.count)
    var difference = DifferenceFunction(frameLength: size, periods: periods)
    ends.reserveCapacity(count)
    lowest.reserveCapacity(count)
    for first in stride(from: 0, to: count, by: Lane.scalarCount) {
      // The last group repeats its last frame.
      let starts = (0..<Lane.scalarCount).map { min(first + $0, count - 1) * hop }
      difference.compute(samples, at: starts)
      for lane in 0..<min(Lane.scalarCount, count - first) {
        lowest.append(difference.collect(lane, into: &troughs))
        ends.append(troughs.count)
      }
    }
  }
}

extension Analysis {
  private struct TroughKey: Hashable { var parameters: YinParameters }

  /// The candidates for a period, which YIN and pYIN share.
  public func pitchTroughs(_ parameters: YinParameters) throws -> PitchTroughs {
    try shared(TroughKey(parameters: parameters)) { try PitchTroughs(signal, parameters) }
  }
}
