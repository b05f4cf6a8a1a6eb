import Testing
import TimbreBuiltin
import TimbreCore
import TimbreWorkflow

/// Parameters of a view's steps that are drawn for each clip: ranges, choices, and whether a step is done at all.
@Suite struct DrawnParameterTests {
  private static let signal = Signal(samples: (0..<2000).map { Float($0 % 50) / 50 }, sampleRate: 22_050)

  private static func view(_ steps: String) throws -> View {
    let workflow = try lint(Sample.text(replacing: "views", by: #""views": { "original": [], "v": [\#(steps)] },"#))
    let plan = try #require(workflow.plan, "\(workflow.findings)")
    return try #require(plan.views.last)
  }

  /// What each of 200 clips draws.
  private static func drawn(_ steps: String, seed: UInt64 = 3) throws -> [[Draws.Drawn]] {
    let view = try view(steps)
    return try (0..<200).map { clip in
      var draws = view.draws(seed: seed, clip: "clip \(clip)")
      _ = try view.apply(to: signal, drawing: &draws)
      return draws.record
    }
  }

  @Test func aRangeIsDrawnEvenlyForEachClip() throws {
    let drawn = try Self.drawn(#"{ "use": "augment.noise", "amount": { "uniform": [0.1, 0.3] } }"#)
    let amounts = drawn.compactMap { $0.first { $0.name == "noise.amount" }?.value.doubleValue }
    #expect(amounts.count == 200 && Set(amounts).count == 200)
    #expect(amounts.allSatisfy { $0 >= 0.1 && $0 < 0.3 })
    // The mean of 200 draws has a standard error of 0.2 / √12 / √200 = 0.004.
    #expect(abs(amounts.reduce(0, +) / 200 - 0.2) < 0.02)
    #expect(drawn.allSatisfy { $0.last?.name == "noise.level" })
  }

  @Test func wholeNumbersAndChoicesAreDrawnFromAllThatAreNamed() throws {
    let steps =
      #"{ "use": "augment.pitch_shift", "n_steps": { "choice": [-2, 0, 2.5] }, "bins_per_octave": { "uniform": [11, 13] } }"#
    let drawn = try Self.drawn(steps)
    let shifts = drawn.compactMap { $0.first { $0.name == "pitch_shift.n_steps" }?.value }
    #expect(Set(shifts) == [-2, 0, 2.5])
    let bins = drawn.compactMap { $0.first { $0.name == "pitch_shift.bins_per_octave" }?.value }
    #expect(Set(bins) == [11, 12, 13])
  }

  @Test func aStepIsDoneAsOftenAsItsProbabilitySays() throws {
    let drawn = try Self.drawn(#"{ "use": "augment.noise", "probability": 0.25 }, { "use": "augment.noise" }"#)
    let applied = drawn.filter { $0.first?.value == 1 }
    // 200 draws of 0.25 deviate by 6 on average.
    #expect((25...75).contains(applied.count))
    #expect(applied.allSatisfy { $0.map(\.name) == ["noise.applied", "noise.level", "noise_2.level"] })
    #expect(drawn.filter { $0.first?.value == 0 }.allSatisfy { $0.map(\.name) == ["noise.applied", "noise_2.level"] })
  }

  @Test func theSeedAndTheClipDecideAndNothingElse() throws {
    let steps = #"{ "use": "augment.noise", "amount": { "uniform": [0, 1] }, "probability": 0.5 }"#
    let (first, again, other) = (
      try Self.drawn(steps), try Self.drawn(steps), try Self.drawn(steps, seed: 4)
    )
    #expect(first.map { $0.map(\.value) } == again.map { $0.map(\.value) })
    #expect(first.map { $0.map(\.value) } != other.map { $0.map(\.value) })
  }

  @Test func aStepWithoutRangesDrawsNothingBesidesItsOwn() throws {
    let drawn = try Self.drawn(#"{ "use": "augment.noise", "probability": 1 }"#)
    #expect(drawn.allSatisfy { $0.map(\.name) == ["noise.level"] })
  }

  @Test(arguments: [
    (#""amount": «{ "uniform": [-1, 1] }"#, "out_of_range", "-1 is out of range"),
    (#""amount": { "uniform": «[1] }"#, "out_of_range", "1 items"),
    (#""amount": { «"unifrom": [0, 1] }"#, "unknown_key", "unifrom"),
    (#""amount": { "choice": [0.1, «"x"] }"#, "wrong_type", "expected a number"),
    (#""probability": «1.5"#, "out_of_range", "1.5"),
  ])
  func mistakesAreFoundByLint(_ parameter: String, _ kind: String, _ words: String) throws {
    let step = #""views": { "original": [], "n": [{ "use": "augment.noise", \#(parameter) }] },"#
    let text = Sample.text(replacing: "views", by: step)
    let findings = try lint(Marked(text).text).findings.filter { $0.severity == .error }
    #expect(findings.contains { $0.kind.rawValue == kind && $0.message.contains(words) }, "\(findings)")
    #expect(findings.allSatisfy { $0.location?.line == Marked(text).line }, "\(findings)")
  }

  @Test func aRangeThatRunsBackwardsAndAnEndThatThePluginRefusesAreFound() throws {
    func message(_ step: String) throws -> String? {
      let text = Sample.text(replacing: "views", by: #""views": { "original": [], "n": [\#(step)] },"#)
      return try lint(text).findings.first { $0.severity == .error }?.message
    }
    #expect(
      try message(#"{ "use": "augment.noise", "amount": { "uniform": [1, 0] } }"#)?.contains("ends before") == true)
    let octaves = try message(#"{ "use": "augment.pitch_shift", "n_steps": { "uniform": [0, 500] } }"#)
    #expect(octaves?.contains("16 octaves") == true)
  }

  @Test func theResolvedWorkflowKeepsRangesAndWritesDefaults() throws {
    let step = #"{ "use": "augment.pitch_shift", "n_steps": { "uniform": [-2, 2] } }"#
    let text = Sample.text(replacing: "views", by: #""views": { "original": [], "n": [\#(step)] },"#)
    let resolved = try #require(try lint(text).plan?.resolved)
    let written = try #require(resolved["views"]?["n"]?.arrayValue?.first)
    #expect(written["n_steps"] == .object([.init("uniform", .array([.int(-2), .int(2)]))]))
    #expect(written["bins_per_octave"] == 12 && written["probability"] == 1)
    let again = try lint(resolved.pretty)
    #expect(again.plan?.resolved == resolved, "\(again.findings)")
  }
}
