import TimbreCore

/// Which names a reader gives to the emotions of its corpus.
public enum LabelNames: String, CaseIterable, Sendable, ParameterValue {
  case original, common

  /// What an emotion is called; nil where there is no common name for it.
  func name(of original: String) -> String? {
    self == .original ? original : CommonLabel(named: original)?.rawValue
  }

  /// What the emotions of a corpus are called: in the corpus's order, or in that of the common names.
  func names(of originals: [String]) -> [String] {
    if self == .original { return originals }
    let common = Set(originals.compactMap(CommonLabel.init(named:)))
    return CommonLabel.allCases.filter(common.contains).map(\.rawValue)
  }

  static let summary =
    "What emotions are called: `original` as in the corpus, `common` by names that all corpora share (angry, bored, calm, "
    + "disgust, fearful, happy, neutral, sad, surprised)."
}

/// The names that all corpora share: those of RAVDESS, and one for boredom.
enum CommonLabel: String, CaseIterable, Sendable {
  case angry, bored, calm, disgust, fearful, happy, neutral, sad, surprised

  /// What others call it. Only words that mean no other emotion.
  private static let synonyms: [String: CommonLabel] = [
    "anger": .angry, "ang": .angry, "boredom": .bored, "calmness": .calm, "disgusted": .disgust, "dis": .disgust,
    "fear": .fearful, "fea": .fearful, "anxiety": .fearful, "happiness": .happy, "hap": .happy, "joy": .happy,
    "neu": .neutral, "sadness": .sad, "surprise": .surprised, "pleasant_surprise": .surprised,
    "pleasant_surprised": .surprised,
  ]

  init?(named original: String) {
    let words = original.lowercased().split { $0 == " " || $0 == "-" || $0 == "_" }.joined(separator: "_")
    guard let label = CommonLabel(rawValue: words) ?? Self.synonyms[words] else { return nil }
    self = label
  }
}
