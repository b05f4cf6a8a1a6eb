import RealModule
import TimbreCore

/// Which neighbouring pulses count as periods, named as in Praat's jitter and shimmer.
public struct PerturbationParameters: Sendable, Hashable {
  public var pitch = PeriodicityParameters()
  /// Seconds.
  public var periodFloor = 0.0001
  /// Seconds.
  public var periodCeiling = 0.02
  public var maximumPeriodFactor = 1.3
  public var maximumAmplitudeFactor = 1.6

  public init() {}
}

private struct PeaksKey: Hashable { var parameters: PerturbationParameters }

extension Analysis {
  /// How irregular the periods are; nil for what the recording has too few periods for.
  public func jitter(_ parameters: PerturbationParameters) throws -> [JitterMeasure: Double] {
    Periods(try pulses(parameters.pitch), of: sampledSound, parameters).jitter()
  }

  /// How irregular their amplitudes are.
  public func shimmer(_ parameters: PerturbationParameters) throws -> [ShimmerMeasure: Double] {
    let periods = Periods(try pulses(parameters.pitch), of: sampledSound, parameters)
    return PeriodAmplitudes(periods, of: sampledSound).shimmer()
  }
}

public enum JitterMeasure: String, Sendable, Hashable, CaseIterable {
  case local
  case localAbsolute = "local_absolute"
  case rap, ppq5, ddp
}

public enum ShimmerMeasure: String, Sendable, Hashable, CaseIterable {
  case local
  case localDB = "local_db"
  case apq3, apq5, apq11, dda
}

/// The periods between pulses.
struct Periods {
  let pulses: [Double]
  /// The pulses within the sound. Those beyond its ends are heard only as neighbours of others, as in Praat.
  let inside: Range<Int>
  let parameters: PerturbationParameters

  init(_ pulses: [Double], of sound: SampledSound, _ parameters: PerturbationParameters) {
    self.pulses = pulses
    let first = pulses.firstIndex { $0 >= 0 } ?? pulses.count
    inside = first..<max(first, (pulses.lastIndex { $0 <= sound.end } ?? -1) + 1)
    self.parameters = parameters
  }

  func period(after index: Int) -> Double { pulses[index + 1] - pulses[index] }

  func isWithinLimits(_ period: Double) -> Bool {
    parameters.periodFloor == parameters.periodCeiling
      || (period >= parameters.periodFloor && period <= parameters.periodCeiling)
  }

  /// Whether `count` periods from the pulse `index` on are periods of one voice: within the limits, and each near the next.
  func isRegular(from index: Int, count: Int) -> Bool {
    for offset in 0..<count {
      let here = period(after: index + offset)
      guard isWithinLimits(here) else { return false }
      guard offset + 1 < count else { continue }
      let next = period(after: index + offset + 1)
      if max(here, next) > parameters.maximumPeriodFactor * min(here, next) { return false }
    }
    return true
  }

  /// The mean of all periods within the limits that are like at least one neighbour; nil when there is none.
  var mean: Double? {
    var (sum, count) = (0.0, 0)
    for index in inside.dropLast() where isPeriod(index) {
      sum += period(after: index)
      count += 1
    }
    return count > 0 ? sum / Double(count) : nil
  }

  private func isPeriod(_ index: Int) -> Bool {
    let here = period(after: index)
    guard isWithinLimits(here) else { return false }
    if parameters.periodFloor == parameters.periodCeiling { return true }
    func isFar(_ other: Double) -> Bool {
      max(here, other) > parameters.maximumPeriodFactor * min(here, other)
    }
    // At the ends one neighbour is missing, and Praat rejects only what is unlike two.
    guard index > 0, index + 2 < pulses.count else { return true }
    return !(isFar(period(after: index - 1)) && isFar(period(after: index + 1)))
  }

  func jitter() -> [JitterMeasure: Double] {
    var result: [JitterMeasure: Double] = [:]
    guard let mean, mean > 0 else { return result }
    let absolute = perturbation(of: 2) { $0[1] - $0[0] }
    result[.localAbsolute] = absolute
    result[.local] = absolute.map { $0 / mean }
    result[.rap] = perturbation(of: 3) { $0[1] - ($0[0] + $0[1] + $0[2]) / 3 }.map { $0 / mean }
    result[.ppq5] = perturbation(of: 5) { $0[2] - ($0[0] + $0[1] + $0[2] + $0[3] + $0[4]) / 5 }.map { $0 / mean }
    result[.ddp] = result[.rap].map { 3 * $0 }
    return result
  }

  /// The mean magnitude of a difference over all runs of `length` regular periods; nil when there are fewer periods than that.
  private func perturbation(of length: Int, _ difference: ([Double]) -> Double) -> Double? {
    var (sum, count) = (0.0, 0)
    for index in inside.dropLast(length) where isRegular(from: index, count: length) {
      sum += difference((0..<length).map { period(after: index + $0) }).magnitude
      count += 1
    }
    return count >= 1 ? sum / Double(count) : nil
  }
}

/// The level of each period that has two like neighbours.
struct PeriodAmplitudes {
  private var times: [Double] = []
  private var levels: [Double] = []
  private let periods: Periods

  init(_ periods: Periods, of sound: SampledSound) {
    self.periods = periods
    for index in periods.inside.dropFirst().dropLast() where periods.isRegular(from: index - 1, count: 2) {
      let time = periods.pulses[index]
      let (before, after) = (periods.period(after: index - 1), periods.period(after: index))
      if let level = sound.level(at: time, left: 0.2 * before, right: 0.2 * after), level > 0 {
        times.append(time)
        levels.append(level)
      }
    }
  }

  func shimmer() -> [ShimmerMeasure: Double] {
    var result: [ShimmerMeasure: Double] = [:]
    result[.localDB] = perturbation(of: 2) { 20 * .log10($0[1] / $0[0]) }
    // As in Praat, the mean level leaves out the last.
    let mean = levels.dropLast().reduce(0, +) / Double(max(1, levels.count - 1))
    guard mean > 0 else { return result }
    result[.local] = perturbation(of: 2) { $0[1] - $0[0] }.map { $0 / mean }
    for (measure, length) in [(ShimmerMeasure.apq3, 3), (.apq5, 5), (.apq11, 11)] {
      result[measure] = perturbation(of: length) { $0[length / 2] - $0.reduce(0, +) / Double(length) }.map { $0 / mean }
    }
    result[.dda] = result[.apq3].map { 3 * $0 }
    return result
  }

  private func perturbation(of length: Int, _ difference: ([Double]) -> Double) -> Double? {
    guard levels.count >= length else { return nil }
    var (sum, count) = (0.0, 0)
    let factor = periods.parameters.maximumAmplitudeFactor
    for start in 0...levels.count - length {
      let isRegular = (start..<start + length - 1).allSatisfy { index in
        let (a, b) = (levels[index], levels[index + 1])
        return periods.isWithinLimits(times[index + 1] - times[index]) && max(a, b) <= factor * min(a, b)
      }
      guard isRegular else { continue }
      sum += difference(Array(levels[start..<start + length])).magnitude
      count += 1
    }
    return count >= 1 ? sum / Double(count) : nil
  }
}

extension SampledSound {
  /// Root-mean-square around a time under two halves of a Hann window; nil with fewer than 3 samples.
  func level(at time: Double, left: Double, right: Double) -> Double? {
    let (low, high) = (max(0, index(after: time - left)), min(samples.count - 1, index(before: time + right)))
    guard high - low >= 2 else { return nil }
    var (sum, weights) = (0.0, 0.0)
    for index in low...high {
      let here = self.time(of: index)
      let weight = 0.5 + 0.5 * Double.cos(.pi * (here - time) / (here < time ? left : right))
      sum += samples[index] * samples[index] * weight * weight
      weights += weight * weight
    }
    return (sum / weights).squareRoot()
  }
}
