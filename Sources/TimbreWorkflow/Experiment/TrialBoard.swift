import Synchronization
import TimbreCore
import TimbreReport

/// Where the trials under way stand, told as one line.
final class TrialBoard: Sendable {
  private struct State {
    var done = 0
    /// What was there already says nothing about how long the others take.
    var known = 0
    /// In the order in which they began.
    var running: [(name: String, text: String)] = []
    var warnings: Set<String> = []
  }

  private let state = Mutex(State())
  private let count: Int
  private let observer: any RunObserver

  init(of count: Int, _ observer: any RunObserver) {
    self.count = count
    self.observer = observer
  }

  func update(_ name: String, _ text: String) {
    let (place, detail) = state.withLock { state in
      if let index = state.running.firstIndex(where: { $0.name == name }) {
        state.running[index].text = text
      } else {
        state.running.append((name, text))
      }
      return (state, state.running.map { "\($0.name) \($0.text)" }.joined(separator: "; "))
    }
    observer.advanced(to: place.done, of: count - place.known, detail: detail)
  }

  /// Whether no trial has said this before.
  func isNew(_ warning: String) -> Bool { state.withLock { $0.warnings.insert(warning).inserted } }

  func finished(_ result: ExperimentRunner.TrialResult) {
    let name = result.trial.name
    let place = state.withLock { state in
      state.running.removeAll { $0.name == name }
      if result.isKnown { state.known += 1 } else { state.done += 1 }
      return state
    }
    switch result.metrics {
    case .success(let metrics):
      let words = [("accuracy", "accuracy"), ("UAR", "uar")].compactMap { label, key in
        metrics[key]?.doubleValue.map { "\(label) \(Numbers.fixed($0, 3))" }
      }
      observer.noted("\(name): \(words.joined(separator: ", "))")
    case .failure(let diagnostic) where diagnostic.kind == .cancelled: break
    case .failure(let diagnostic): observer.warned("\(name) failed: \(diagnostic.message)")
    }
    observer.advanced(to: place.done, of: count - place.known, detail: nil)
  }
}

struct TrialObserver: RunObserver {
  let name: String
  /// Its folder.
  let experiment: String
  let board: TrialBoard
  /// Who observes the experiment.
  let whole: any RunObserver
  private let stage = Stage()

  init(name: String, experiment: String, board: TrialBoard, whole: any RunObserver) {
    self.name = name
    self.experiment = experiment
    self.board = board
    self.whole = whole
  }

  private final class Stage: Sendable {
    let name = Mutex("")
  }

  func began(_ stage: String, unit: String) {
    self.stage.name.withLock { $0 = stage }
    board.update(name, stage)
  }

  func advanced(to count: Int, of total: Int, detail: String?) {
    board.update(name, stage.name.withLock { "\($0) \(count)/\(total)" })
  }

  func ended() {}
  func noted(_ text: String) {}
  // Trials mostly read the same clips.
  func warned(_ text: String) { if board.isNew(text) { whole.warned(text) } }

  func happened(_ event: RunEvent) {
    func trial(_ part: RunPart) -> RunPart {
      part.kind == .run ? RunPart(.run, name: name, folder: part.folder, parent: experiment) : part
    }
    switch event {
    case .began(let part): whole.happened(.began(trial(part)))
    case .learned: whole.happened(event)
    case .ended(let part, let state): whole.happened(.ended(trial(part), state))
    }
  }
}
