/// A plugin that turns a signal into a feature, bins × frames.
public protocol FeatureExtractor: Plugin {
  /// What `extract` will return at this sample rate, known without audio.
  /// - Throws: A `Diagnostic` where the parameters make no sense at this rate.
  func axes(sampleRate: Int) throws -> FeatureAxes

  /// The signal is finite and holds at least one sample. What other features may need as well is asked of the analysis.
  func extract(from analysis: Analysis) throws -> FeatureMatrix
}

extension FeatureExtractor {
  /// The feature of a signal by itself, for callers that share nothing with other features.
  /// - Throws: Besides what `extract` throws: `.emptyAudio`, or `.notFinite` for NaN and infinity.
  public func extract(from signal: Signal) throws -> FeatureMatrix {
    try signal.requireUsable()
    return try extract(from: Analysis(of: signal))
  }
}

/// A feature that reads another node of the workflow (`"of": "mfcc"`) instead of the signal.
public protocol FeatureTransform: Plugin {
  func axes(of input: FeatureAxes) throws -> FeatureAxes
  func transform(_ input: FeatureMatrix) throws -> FeatureMatrix
}
