import TimbreAudio
import TimbreCore
import TimbreDSP

/// Which transform pitch classes are gathered from.
public enum ConstantQMode: String, ParameterValue, CaseIterable { case full, hybrid }

/// What chroma features over a constant-Q transform have in common.
public struct ConstantQChroma: Sendable, Hashable {
  public var transform: VariableQParameters
  public var fold = ChromaFoldParameters()
  public var nOctaves = 7
  /// nil is `nChroma`.
  public var binsPerOctave: Int? = 36
  public var mode = ConstantQMode.full

  public init() {
    transform = VariableQParameters()
    transform.tuning = nil
  }

  /// The transform that covers the octaves.
  var resolved: VariableQParameters {
    var result = transform
    result.binsPerOctave = binsPerOctave ?? fold.nChroma
    result.nBins = nOctaves * result.intervals.count(binsPerOctave: result.binsPerOctave)
    return result
  }

  /// - Throws: A diagnostic where bins do not divide evenly among pitch classes.
  func validate() throws {
    let perOctave = resolved.binsPerOctave
    guard perOctave.isMultiple(of: fold.nChroma) else {
      throw Diagnostic(
        .invalidParameters, "bins_per_octave (\(perOctave)) is no multiple of n_chroma (\(fold.nChroma))",
        help: "give a multiple, such as \(3 * fold.nChroma)")
    }
    if let window = fold.window, !(1...4096).contains(window.count) {
      throw Diagnostic(
        .invalidParameters, "window has \(window.count) weights", help: "give 1 to 4096 weights, or null")
    }
  }

  func validate(sampleRate: Int) throws {
    if mode == .hybrid { return try resolved.validateHybrid(sampleRate: sampleRate) }
    try resolved.validate(sampleRate: sampleRate)
  }

  /// Frames × n_chroma.
  func chroma(of analysis: Analysis) throws -> Spectrogram {
    let resolved = resolved
    let reducer = ResamplerType.soxrHQ.reducer
    let magnitudes =
      try mode == .full ? analysis.variableQ(resolved, reducer) : analysis.hybridConstantQ(resolved, reducer)
    return try magnitudes.foldedToChroma(fold, perOctave: resolved.binsPerOctave, lowest: resolved.lowest)
  }

  func axes(sampleRate: Int) throws -> FeatureAxes {
    try validate(sampleRate: sampleRate)
    return FeatureAxes(
      bins: pitchClassNames(fold.nChroma), hop: Double(transform.hopLength) / Double(sampleRate))
  }
}

/// Notes for twelve classes, numbers for others.
func pitchClassNames(_ count: Int) -> [String] {
  if count == 12 { return ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"] }
  return (0..<count).map { "chroma_\($0)" }
}

protocol ConstantQChromaConfig: PluginConfig {
  var chroma: ConstantQChroma { get set }
}

extension Parameter where Config: ConstantQChromaConfig {
  /// Parameters of the transform and of gathering its bins, without norms and thresholds.
  static var constantQChroma: [Parameter] {
    [
      .int("hop_length", \.chroma.transform.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames."),
      .number(
        "fmin", \.chroma.transform.fmin, in: .closed(0.1, 96_000), unit: .hertz,
        "Lowest frequency; null is C1, 32.7 Hz."),
      .number(
        "tuning", \.chroma.transform.tuning, in: .closed(-480, 480), unit: .bins,
        "Deviation from A = 440 Hz in bins of the transform; null estimates it."),
      .int("n_chroma", \.chroma.fold.nChroma, in: 1...480, unit: .bins, "Number of pitch classes in an octave."),
      .int("n_octaves", \.chroma.nOctaves, in: 1...24, unit: .octaves, "Number of octaves from fmin upwards."),
      .value("window", \.chroma.fold.window, "Weights of neighbouring bins of the transform, or null."),
      .int(
        "bins_per_octave", \.chroma.binsPerOctave, in: 1...480, unit: .bins,
        "Bins of the transform in an octave, a multiple of n_chroma; null is n_chroma."),
      .choice("cqt_mode", \.chroma.mode, "Constant-Q transform (full) or hybrid transform."),
    ]
  }
}
