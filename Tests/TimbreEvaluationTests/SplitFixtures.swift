import TimbreCore
import TimbreEvaluation

/// Clips "s1-calm-0", …: every speaker says every label `takes` times.
func corpus(speakers: Int, labels: [String], takes: Int) -> [SplitItem] {
  (1...speakers).flatMap { speaker in
    labels.flatMap { label in
      (0..<takes).map { take in
        SplitItem(
          clip: "s\(speaker)-\(label)-\(take)", label: label, speaker: "s\(speaker)",
          attributes: [("set", speaker == 1 ? "test" : speaker == 2 ? "dev" : "train"), ("take", "\(take)")],
          contentHash: "hash of s\(speaker)-\(label)-\(take)")
      }
    }
  }
}

func options(_ by: SplitUnit, _ change: (inout SplitOptions) -> Void = { _ in }) -> SplitOptions {
  var options = SplitOptions()
  options.by = by
  change(&options)
  return options
}

extension SplitTable {
  func clips(_ rows: [Int]) -> Set<String> { Set(rows.map { items[self.rows[$0].item].clip }) }
  func speakers(_ rows: [Int]) -> Set<String> { Set(rows.compactMap { items[self.rows[$0].item].speaker }) }
  func hashes(_ rows: [Int]) -> Set<RecordingID> { Set(rows.compactMap { items[self.rows[$0].item].recording }) }
  func labels(_ rows: [Int]) -> Set<String> { Set(rows.map { items[self.rows[$0].item].label }) }
  func views(_ rows: [Int]) -> Set<String> { Set(rows.map { views[self.rows[$0].view] }) }
  func count(_ label: String, _ rows: [Int]) -> Int { rows.count { items[self.rows[$0].item].label == label } }
}

/// The number of clips of each label.
func histogram(_ items: [SplitItem]) -> [String: Int] { items.reduce(into: [:]) { $0[$1.label, default: 0] += 1 } }
