import TimbreCore

/// How the periods of a voice are looked for, named as in Praat's "To Pitch (ac)…", "To Pitch (cc)…" and "To Harmonicity…".
public struct PeriodicityParameters: Sendable, Hashable {
  public enum Method: Sendable, Hashable {
    /// Autocorrelation of frames under a Hann window.
    case autocorrelation
    /// Autocorrelation of frames, twice as long, under a Gaussian window.
    case accurateAutocorrelation
    /// Correlation of a stretch with itself some samples later.
    case crossCorrelation
    case accurateCrossCorrelation
  }

  public var method = Method.autocorrelation
  /// Seconds; nil is a quarter of a window.
  public var timeStep: Double?
  /// Hz
  public var pitchFloor = 75.0
  /// Hz; beyond half the sample rate it is that.
  public var pitchCeiling = 600.0
  public var periodsPerWindow = 3.0
  public var maxCandidates = 15
  public var silenceThreshold = 0.03
  public var voicingThreshold = 0.45
  public var octaveCost = 0.01
  public var octaveJumpCost = 0.35
  public var voicedUnvoicedCost = 0.14

  public init() {}

  var usesCrossCorrelation: Bool { method == .crossCorrelation || method == .accurateCrossCorrelation }
  var windowPeriods: Double { method == .accurateAutocorrelation ? 2 * periodsPerWindow : periodsPerWindow }
  /// Seconds.
  var window: Double { windowPeriods / pitchFloor }
  /// Seconds that a frame reads: the window, and for cross-correlation the longest period.
  public var span: Double { usesCrossCorrelation ? 1 / pitchFloor + window : window }
  /// Seconds from one frame to the next.
  public var step: Double { timeStep ?? periodsPerWindow / pitchFloor / 4 }
  var candidateLimit: Int {
    let possible = (pitchCeiling / pitchFloor).rounded(.down)
    return max(maxCandidates, possible < 1e6 ? Int(possible) : 1_000_000)
  }

  /// - Throws: A diagnostic when the window is too short to hold a period at this rate.
  public func validate(sampleRate: Int) throws {
    if pitchFloor >= pitchCeiling {
      throw Diagnostic(
        .invalidParameters, "the pitch floor (\(pitchFloor) Hz) is not below the ceiling (\(pitchCeiling) Hz)",
        help: "lower the floor or raise the ceiling")
    }
    let samples = (window * Double(sampleRate)).rounded(.down)
    if samples < 6 {
      throw Diagnostic(
        .invalidParameters,
        "the analysis window holds \(Int(samples)) samples at \(sampleRate) Hz, too few for a period",
        help: "lower the pitch floor or raise the sample rate")
    }
  }
}

/// A period that a frame may have. A frequency of 0 means none.
struct PitchCandidate: Sendable {
  var frequency: Double
  /// The correlation of the sound with itself a period later; of no period it is 0.
  var strength: Double
}

/// What each frame of a sound may have for a period, the first candidate of each being that it has none.
struct PitchCandidates: Sendable {
  /// Seconds at the middle of the first frame.
  var first: Double
  var step: Double
  /// Hz: frequencies at or above count as no period.
  var ceiling: Double
  var candidates: [PitchCandidate] = []
  /// Where the candidates of each frame begin, and where the last end.
  var starts: [Int] = [0]
  /// The peak of each frame as a share of the peak of the sound.
  var intensities: [Double] = []

  var frames: Int { intensities.count }
}
