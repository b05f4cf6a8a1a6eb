import TimbreCore
import TimbreDSP

/// A config that looks for glottal pulses.
protocol PerturbationConfig: PluginConfig {
  var perturbation: PerturbationParameters { get set }
}

extension Parameter where Config: PerturbationConfig {
  /// How the pitch is found: Praat's "To Pitch (ac)…".
  static var pitch: [Parameter] {
    [
      .number(
        "pitch_floor", \.perturbation.pitch.pitchFloor, in: .closed(10, 10_000), unit: .hertz,
        "The lowest frequency that counts as a voice; three of its periods are a frame."),
      .number(
        "pitch_ceiling", \.perturbation.pitch.pitchCeiling, in: .closed(20, 50_000), unit: .hertz,
        "The highest frequency that counts as a voice."),
      .number(
        "time_step", \.perturbation.pitch.timeStep, in: .positive, unit: .seconds,
        "Time between frames of the pitch; null is 0.75 / pitch_floor."),
      .int(
        "max_number_of_candidates", \.perturbation.pitch.maxCandidates, in: 2...1000,
        "Periods that a frame may choose from."),
      .number(
        "silence_threshold", \.perturbation.pitch.silenceThreshold, in: .closed(0, 1),
        "Frames whose peak is below this share of the recording's peak tend to count as silent."),
      .number(
        "voicing_threshold", \.perturbation.pitch.voicingThreshold, in: .closed(0, 1),
        "How periodic a frame must be to count as voiced."),
      .number(
        "octave_cost", \.perturbation.pitch.octaveCost, in: .closed(0, 10),
        "How much higher frequencies are preferred, per octave."),
      .number(
        "octave_jump_cost", \.perturbation.pitch.octaveJumpCost, in: .closed(0, 100),
        "How much jumps of the pitch cost, per octave."),
      .number(
        "voiced_unvoiced_cost", \.perturbation.pitch.voicedUnvoicedCost, in: .closed(0, 100),
        "How much a change between voiced and unvoiced costs."),
    ]
  }

  /// Which intervals between pulses count as periods.
  static var periods: [Parameter] {
    [
      .number(
        "period_floor", \.perturbation.periodFloor, in: .nonNegative, unit: .seconds,
        "The shortest interval between pulses that counts as a period."),
      .number(
        "period_ceiling", \.perturbation.periodCeiling, in: .positive, unit: .seconds,
        "The longest interval between pulses that counts as a period."),
      .number(
        "maximum_period_factor", \.perturbation.maximumPeriodFactor, in: NumberRange(1, nil),
        "How much longer a period may be than its neighbour."),
    ]
  }
}

extension PerturbationParameters {
  func validate() throws {
    if periodFloor > periodCeiling {
      throw Diagnostic(
        .invalidParameters, "period_floor (\(periodFloor) s) is above period_ceiling (\(periodCeiling) s)",
        help: "lower period_floor or raise period_ceiling")
    }
  }
}
