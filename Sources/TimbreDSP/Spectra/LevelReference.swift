import TimbreCore

/// What counts as 0 dB: an amplitude, or the largest one there is. It is `ref` of `librosa.amplitude_to_db`.
public enum LevelReference: Sendable, Hashable {
  case max
  case value(Double)
}

extension LevelReference: ParameterValue {
  private static let range = NumberRange.closed(0, 1e18)

  public static var parameterType: ParameterType { .oneOf([.number(range), .choice(["max"])]) }

  public init?(json: JSONValue) {
    if json == "max" {
      self = .max
    } else if let value = json.doubleValue, Self.range.contains(value) {
      self = .value(value)
    } else {
      return nil
    }
  }

  public var json: JSONValue {
    switch self {
    case .max: "max"
    case .value(let value): value.json
    }
  }
}

extension Spectrogram {
  /// 20 · log₁₀(max(amin, x) / reference) of magnitudes, no lower than `topDB` under the loudest: `librosa.amplitude_to_db`.
  /// - Parameter amin: From 1e-18 to 1e18, whose squares single precision holds.
  public func amplitudeDecibels(reference: LevelReference, amin: Double, topDB: Double?) -> Spectrogram {
    let largest =
      switch reference {
      case .max: peaks.max() ?? 0
      case .value(let value): Float(value)
      }
    return raised(to: 2)
      .decibels(reference: largest * largest, amin: Float(amin * amin), topDB: topDB.map(Float.init))
  }
}
