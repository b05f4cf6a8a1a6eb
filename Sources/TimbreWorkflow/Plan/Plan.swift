import TimbreAudio
import TimbreCore
import TimbreEvaluation

/// A workflow with everything resolved and every plugin made: what a run carries out.
public struct Plan: Sendable {
  public var title: String
  public var summary: String
  public var seed: UInt64
  /// nil where a variable of the dataset is unset and the request needs no dataset.
  public var dataset: DatasetSource?
  public var recipe: Recipe
  public var views: [View]
  public var split: SplitOptions
  public var scale: ScalerKind
  public var classifier: any Classifier
  public var onError: OnError
  public var artifacts: ArtifactOptions
  /// The file with every default written out, every variable replaced, paths absolute, and versions of plugins.
  public var resolved: JSONValue
}

extension Plan {
  /// The row that a clip's parts make.
  /// - Throws: A `.badInput` diagnostic where they do not fit together, or are too short for the classifier.
  func row(of parts: [[Float]]) throws -> Row {
    let row = try recipe.row(of: parts)
    guard case .sequence(let frames, let bins) = try recipe.shape(), row.length < frames else { return row }
    do {
      _ = try classifier.parts(of: .sequence(frames: row.length, bins: bins), classes: 2)
    } catch var diagnostic as Diagnostic {
      diagnostic.message = "the clip has \(row.length) frames: \(diagnostic.message)"
      throw diagnostic
    }
    return row
  }
}
