import Testing
import TimbreCore
import TimbreEvaluation

/// Promises of every split, over datasets drawn at random.
@Suite struct SplitPropertyTests {
  private struct Drawn {
    var table: SplitTable
    var share: Double
    var validation: Double
    /// The most clips that one recording has.
    var largest: Int
  }

  private func draw(_ random: inout RandomSource, copies: Bool = true) -> Drawn {
    let classes = 2 + random.index(below: 5)
    let speakers = 4 + random.index(below: 9)
    var items: [SplitItem] = []
    for label in 0..<classes {
      for speaker in 0..<speakers {
        for take in 0..<(1 + random.index(below: 4)) {
          let name = "\(label)-\(speaker)-\(take)"
          items.append(SplitItem(clip: name, label: "l\(label)", speaker: "s\(speaker)", contentHash: name))
        }
      }
    }
    if copies {
      for _ in 0..<random.index(below: 4) {
        let (one, other) = (random.index(below: items.count), random.index(below: items.count))
        if items[one].label == items[other].label { items[other].recording = items[one].recording }
      }
    }
    let views = ["original", "noisy", "slow"].prefix(1 + random.index(below: 3))
    let largest = Dictionary(grouping: items) { $0.recording.map { "\($0)" } ?? $0.clip }.values.map(\.count).max() ?? 1
    return Drawn(
      table: SplitTable(items: items, views: Array(views)), share: random.uniform(0.1, 0.5),
      validation: random.index(below: 2) == 0 ? 0 : random.uniform(0.05, 0.3), largest: largest)
  }

  @Test(arguments: [SplitUnit.speaker, .clip])
  func neitherClipNorAudioIsOnBothSides(_ unit: SplitUnit) throws {
    var random = RandomSource(seed: 11, unit.rawValue)
    var completed = 0
    for round in 0..<150 {
      let drawn = draw(&random)
      let table = drawn.table
      let chosen = options(unit) {
        $0.test = .share(drawn.share)
        $0.validation = .share(drawn.validation)
      }
      let split: Split
      do {
        split = try chosen.split(table, workflowSeed: UInt64(round))
      } catch let error as Diagnostic {
        // Merged speakers may leave nothing to divide; then the reason is said.
        #expect(error.kind == .badSplit)
        continue
      }
      completed += 1
      let sides = [split.train, split.validation, split.test, split.unused]
      #expect(sides.flatMap(\.self).sorted() == Array(table.rows.indices))
      #expect(sides.allSatisfy { $0 == $0.sorted() })
      for (one, other) in [(0, 1), (0, 2), (1, 2), (0, 3)] {
        #expect(table.clips(sides[one]).isDisjoint(with: table.clips(sides[other])))
        // A recording that all speakers share cannot be kept together; copies here link few of them.
        #expect(table.hashes(sides[one]).isDisjoint(with: table.hashes(sides[other])))
        if unit == .speaker { #expect(table.speakers(sides[one]).isDisjoint(with: table.speakers(sides[other]))) }
      }
      #expect(drawn.validation == 0 || !split.validation.isEmpty)
      let labels = Set(table.items.map(\.label))
      #expect(table.labels(split.train) == labels && table.labels(split.test) == labels)
      let report = try checkSplit(split, of: table, allowLeak: false)
      #expect(!report.isLeak && report.isSpeakerDependent == (unit == .clip))
      #expect(try chosen.split(table, workflowSeed: UInt64(round)) == split)
    }
    #expect(completed > 120)
  }

  @Test func everyClassKeepsItsShare() throws {
    var random = RandomSource(seed: 12)
    for round in 0..<150 {
      let drawn = draw(&random, copies: round % 2 == 0)
      let table = drawn.table
      let split = try options(.clip) {
        $0.test = .share(drawn.share)
        $0.testViews = .original
      }.split(table, workflowSeed: UInt64(round))
      for (label, count) in histogram(table.items) {
        // The total is rounded up, which raises the ideal of each class by less than one clip in all.
        let ideal = Double(count) * (drawn.share * Double(table.items.count)).rounded(.up) / Double(table.items.count)
        #expect(abs(Double(table.count(label, split.test)) - ideal) <= Double(drawn.largest))
      }
    }
  }

  @Test func theGuardAgreesWithACountByHand() throws {
    var random = RandomSource(seed: 13)
    for round in 0..<60 {
      let drawn = draw(&random)
      let table = drawn.table
      let split = try options(.row) { $0.test = .share(drawn.share) }.split(table, workflowSeed: UInt64(round))
      let report = LeakReport(of: split, in: table)
      let shared = table.clips(split.train).intersection(table.clips(split.test))
      #expect(Set(report.test.clips) == shared)
      #expect(report.test.rows == split.test.count { shared.contains(table.items[table.rows[$0].item].clip) })
      let twins = table.hashes(split.train).intersection(table.hashes(split.test))
      #expect(report.test.isLeak == !twins.isEmpty)
      #expect(Set(report.test.speakers) == table.speakers(split.train).intersection(table.speakers(split.test)))
    }
  }
}
