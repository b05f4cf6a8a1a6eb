import TimbreCore

/// A piece of work that leaves a folder of its own: an experiment, a run, or a fold.
public struct RunPart: Sendable, Hashable {
  public enum Kind: String, Sendable { case experiment, run, fold }

  public var kind: Kind
  /// The name of its folder, of the trial or of the fold.
  public var name: String
  public var folder: String
  /// The folder of the part that it belongs to.
  public var parent: String?

  init(_ kind: Kind, name: String? = nil, folder: String, parent: String? = nil) {
    self.kind = kind
    self.name = name ?? folder.split(separator: "/").last.map(String.init) ?? folder
    self.folder = folder
    self.parent = parent
  }
}

/// What becomes of the parts of a run, for observers that keep a record of it. A part begins after the one that it belongs to.
public enum RunEvent: Sendable {
  /// `workflow.json` and `environment.json` are written.
  case began(RunPart)
  /// An epoch of the part with that folder.
  case learned(TrainingRecord, folder: String)
  /// Everything that the part leaves is written.
  case ended(RunPart, RunFolder.State)
}

extension RunObserver {
  /// Tells what a run that has ended would have told, epochs aside: these stand in its `history.csv`.
  ///
  /// - Parameters:
  ///   - name: Of a trial.
  ///   - parent: The folder of the trial's experiment.
  public func hear(ofEndedRun path: String, name: String? = nil, parent: String? = nil) throws {
    let run = try RunSummary.read("run.json", in: path)
    let isExperiment = run["kind"]?.stringValue == "experiment"
    let part = RunPart(isExperiment ? .experiment : .run, name: name, folder: path, parent: parent)
    happened(.began(part))
    if isExperiment {
      for trial in RunRecord.trialNames(in: path) {
        try? hear(ofEndedRun: path + "/trials/" + trial, name: trial, parent: path)
      }
    } else if let metrics = try? RunSummary.read("metrics.json", in: path) {
      for name in metrics["folds"]?.arrayValue?.compactMap({ $0["name"]?.stringValue }) ?? [] {
        let fold = RunPart(
          .fold, name: name, folder: RunFolder.path(ofFold: name, in: path), parent: path)
        happened(.began(fold))
        happened(.ended(fold, .finished))
      }
    }
    happened(.ended(part, run["state"]?.stringValue.flatMap(RunFolder.State.init(rawValue:)) ?? .failed))
  }
}
