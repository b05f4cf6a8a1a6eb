import RealModule
import TimbreCore

/// What a level is measured against: an amplitude, or a statistic of the levels of all frames.
public enum SilenceReference: Sendable, Hashable {
  case max, mean, median, min
  case value(Double)
}

extension SilenceReference: ParameterValue {
  private static let range = NumberRange.closed(0, 1e18)
  private static let names: [(String, SilenceReference)] = [
    ("max", .max), ("mean", .mean), ("median", .median), ("min", .min),
  ]

  public static var parameterType: ParameterType { .oneOf([.choice(names.map(\.0)), .number(range)]) }

  public init?(json: JSONValue) {
    if let found = Self.names.first(where: { json == .string($0.0) }) {
      self = found.1
    } else if let value = json.doubleValue, Self.range.contains(value) {
      self = .value(value)
    } else {
      return nil
    }
  }

  public var json: JSONValue {
    if case .value(let value) = self { return value.json }
    return .string(Self.names.first { $0.1 == self }?.0 ?? "max")
  }
}

/// Where a signal is not silent, as `librosa.effects.trim` and `split` decide it: frames whose level is less than `topDB` below the
/// reference.
public struct SilenceDetector: Sendable, Hashable {
  public var topDB = 60.0
  public var reference = SilenceReference.max
  public var frameLength = 2048
  public var hopLength = 512

  public init() {}

  /// Whether each frame is to be heard.
  public func audibleFrames(of samples: [Float]) throws -> [Bool] {
    let levels = try rootMeanSquares(
      of: samples, frameLength: frameLength, hopLength: hopLength, padding: .constant)
    let reference: Float =
      switch reference {
      case .max: levels.max() ?? 0
      case .min: levels.min() ?? 0
      case .mean: Float(levels.reduce(0.0) { $0 + Double($1) } / Double(levels.count))
      case .median: median(levels)
      case .value(let value): Float(value)
      }
    let zero = Self.decibels(reference)
    return levels.map { Double(Self.decibels($0) - zero) > -topDB }
  }

  /// 10 · log₁₀ of the square, from -100 dB on.
  private static func decibels(_ level: Float) -> Float { 10 * Float.log10(Swift.max(1e-10, level * level)) }

  /// From the first to the last sample to be heard; nil where there is none: `librosa.effects.trim`.
  public func audibleRange(of samples: [Float]) throws -> Range<Int>? {
    let frames = try audibleFrames(of: samples)
    guard let first = frames.firstIndex(of: true), let last = frames.lastIndex(of: true) else { return nil }
    let start = Swift.min(first * hopLength, samples.count)
    return start..<Swift.max(start, Swift.min(samples.count, (last + 1) * hopLength))
  }

  /// All stretches to be heard: `librosa.effects.split`.
  public func audibleRanges(of samples: [Float]) throws -> [Range<Int>] {
    let frames = try audibleFrames(of: samples)
    var ranges: [Range<Int>] = []
    var start: Int?
    for index in 0...frames.count {
      let isAudible = index < frames.count && frames[index]
      if isAudible, start == nil { start = index }
      if !isAudible, let first = start {
        ranges.append(
          Swift.min(first * hopLength, samples.count)..<Swift.min(index * hopLength, samples.count))
        start = nil
      }
    }
    return ranges
  }
}

/// Where the sign changes, from the first sample on: `np.nonzero(librosa.zero_crossings(y))`. Magnitudes up to 1e-10 count as 0.
public func zeroCrossings(of samples: [Float]) -> [Int] {
  var places: [Int] = samples.isEmpty ? [] : [0]
  var wasNegative = (samples.first ?? 0) < -1e-10
  for index in samples.indices.dropFirst() {
    let isNegative = samples[index] < -1e-10
    if isNegative != wasNegative { places.append(index) }
    wasNegative = isNegative
  }
  return places
}
