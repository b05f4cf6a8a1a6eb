/// A feature that keeps enough of a signal to be heard again.
public protocol InvertibleFeature: FeatureExtractor {
  /// A signal whose feature comes close to `feature`. It sounds like what the feature keeps of the original.
  /// - Parameters:
  ///   - feature: What `extract` returned for a signal of this sample rate, with the same settings.
  ///   - sampleRate: Hz
  ///   - random: Where the phases come from that the search starts with.
  /// - Throws: A `Diagnostic` where these settings cannot be undone, or the length does not fit the frames.
  func resynthesise(
    _ feature: FeatureMatrix, sampleRate: Int, options: ResynthesisOptions, random: inout RandomSource
  ) throws -> Signal
}

extension InvertibleFeature {
  /// The signal, once both it and the feature are seen to be finite.
  /// - Throws: Besides what `resynthesise` throws: `.notFinite` for NaN and infinity.
  public func checkedResynthesis(
    of feature: FeatureMatrix, sampleRate: Int, options: ResynthesisOptions, random: inout RandomSource
  ) throws -> Signal {
    try feature.requireFinite()
    let heard = try resynthesise(feature, sampleRate: sampleRate, options: options, random: &random)
    if let index = heard.firstNonFinite {
      throw Diagnostic(
        .notFinite, "what \(Self.spec.description.id) keeps makes sample \(index) NaN or infinite",
        help: "use less extreme parameters, such as a power of 1 or 2")
    }
    return heard
  }
}

/// How phases are found for magnitudes that have lost theirs, named as in `librosa.griffinlim`.
public struct ResynthesisOptions: RecordValue, Hashable {
  public enum InitialPhase: String, ParameterValue, Sendable, Hashable, CaseIterable {
    case random
    /// All phases 0.
    case zero = "none"
  }

  public var iterations = 32
  public var momentum = 0.99
  public var initialPhase = InitialPhase.random
  /// Samples to return; nil is what the frames cover, which leaves out the last part of a hop.
  public var length: Int?

  public init() {}

  public static let parameters: [Parameter<ResynthesisOptions>] = [
    .int("n_iter", \.iterations, in: 0...100_000, "Rounds of the search for phases."),
    .number(
      "momentum", \.momentum, in: .nonNegative, "How far each round overshoots; above 1 the search may not settle."),
    .choice("init", \.initialPhase, "The phases it starts with: random, or none for all 0."),
  ]
}

extension Registry {
  /// Ids of the features that can be heard again, sorted.
  public var invertibleFeatures: [String] {
    features.filter { entry in
      guard case .extractor(let extractor) = try? entry.value.make([]) else { return false }
      return extractor is any InvertibleFeature
    }.keys.sorted()
  }
}
