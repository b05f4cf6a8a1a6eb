import RealModule
import TimbreCore

/// One number for both directions of a separation, or one for each: harmonic (along time) first, then percussive (along frequency).
public enum PerDirection<Value: ParameterValue & Hashable>: Sendable, Hashable {
  case both(Value)
  case each(Value, Value)

  public var harmonic: Value {
    switch self {
    case .both(let value), .each(let value, _): value
    }
  }
  public var percussive: Value {
    switch self {
    case .both(let value), .each(_, let value): value
    }
  }
}

extension PerDirection {
  fileprivate init?(_ json: JSONValue, where isValid: (Value) -> Bool) {
    if let value = Value(json: json), isValid(value) {
      self = .both(value)
    } else if let items = json.arrayValue, items.count == 2, let first = Value(json: items[0]),
      let second = Value(json: items[1]), isValid(first), isValid(second)
    {
      self = .each(first, second)
    } else {
      return nil
    }
  }

  fileprivate var written: JSONValue {
    switch self {
    case .both(let value): value.json
    case .each(let first, let second): .array([first.json, second.json])
    }
  }
}

/// How many frames and bins a median is of.
public struct MedianSizes: ParameterValue, Hashable {
  public var sizes: PerDirection<Int>
  public init(_ sizes: PerDirection<Int>) { self.sizes = sizes }

  private static let range = 1...4095
  public static var parameterType: ParameterType { .oneOf([.int(range), .list(of: .int(range), count: 2...2)]) }
  public init?(json: JSONValue) {
    guard let sizes = PerDirection<Int>(json, where: Self.range.contains) else { return nil }
    self.sizes = sizes
  }
  public var json: JSONValue { sizes.written }
}

/// How many times stronger than the other part something must be.
public struct SeparationMargins: ParameterValue, Hashable {
  public var margins: PerDirection<Double>
  public init(_ margins: PerDirection<Double>) { self.margins = margins }

  private static let range = NumberRange.closed(1, 1e6)
  public static var parameterType: ParameterType { .oneOf([.number(range), .list(of: .number(range), count: 2...2)]) }
  public init?(json: JSONValue) {
    guard let margins = PerDirection<Double>(json, where: Self.range.contains) else { return nil }
    self.margins = margins
  }
  public var json: JSONValue { margins.written }
}

/// The exponent of a soft mask; infinite is a mask of zeros and ones.
public struct MaskPower: ParameterValue, Hashable {
  public var exponent: Double
  public init(_ exponent: Double) { self.exponent = exponent }

  private static let range = NumberRange(0, 1000, excludesLower: true)
  public static var parameterType: ParameterType { .oneOf([.number(range), .choice(["inf"])]) }
  public init?(json: JSONValue) {
    if json == "inf" {
      exponent = .infinity
    } else if let value = json.doubleValue, Self.range.contains(value) {
      exponent = value
    } else {
      return nil
    }
  }
  public var json: JSONValue { exponent.isInfinite ? "inf" : exponent.json }
}

/// Which part of a sound: what lasts, or what strikes.
public enum SeparationPart: String, ParameterValue, Sendable, Hashable, CaseIterable { case harmonic, percussive }

/// Separation into what lasts in time and what spreads over frequencies, by medians: `librosa.decompose.hpss`
/// (Fitzgerald 2010; Driedger, Müller and Disch 2014).
public struct HarmonicPercussive: Sendable, Hashable {
  public var kernelSize = MedianSizes(.both(31))
  public var power = MaskPower(2)
  public var margin = SeparationMargins(.both(1))

  public init() {}

  /// The mask of one part: how much of each value belongs to it, 0 to 1.
  /// - Parameter magnitudes: Frames × `bins`.
  /// - Throws: A diagnostic where a median is negative.
  public func mask(_ part: SeparationPart, of magnitudes: [Float], bins: Int) throws -> [Float] {
    let frames = magnitudes.count / bins
    let lasting = slidingMedian(magnitudes, width: bins, size: kernelSize.sizes.harmonic)
    let turned = slidingMedian(
      transposed(magnitudes, rows: frames, columns: bins), width: frames, size: kernelSize.sizes.percussive)
    let striking = transposed(turned, rows: bins, columns: frames)
    if (lasting.min() ?? 0) < 0 || (striking.min() ?? 0) < 0 {
      throw Diagnostic(
        .invalidParameters, "only values from 0 on can be separated, such as magnitudes; these have negative medians",
        help: "read a spectrogram that is not in decibels")
    }
    let margins = margin.margins
    // What neither part has is split in two where nothing else would be left over.
    let empty: Float = margins.harmonic == 1 && margins.percussive == 1 ? 0.5 : 0
    switch part {
    case .harmonic: return softMask(lasting, against: striking, margin: Float(margins.harmonic), empty: empty)
    case .percussive: return softMask(striking, against: lasting, margin: Float(margins.percussive), empty: empty)
    }
  }

  /// `librosa.util.softmask` of `values` and `margin` times `others`, in single precision.
  private func softMask(_ values: [Float], against others: [Float], margin: Float, empty: Float) -> [Float] {
    let exponent = power.exponent
    let count = values.count
    return unsafe [Float](unsafeUninitializedCapacity: count) { mask, written in
      written = count
      unsafe values.withUnsafeBufferPointer { values in
        unsafe others.withUnsafeBufferPointer { others in
          if exponent.isInfinite {
            for index in 0..<count { unsafe mask[index] = unsafe values[index] > others[index] * margin ? 1 : 0 }
          } else if exponent == 2 {
            for index in 0..<count {
              let (x, y) = unsafe (values[index], others[index] * margin)
              let larger = x > y ? x : y
              let isEmpty = larger < .leastNormalMagnitude
              let scale = isEmpty ? 1 : larger
              let (a, b) = (x / scale, y / scale)
              let share = a * a / (a * a + b * b)
              unsafe mask[index] = isEmpty ? empty : share
            }
          } else {
            let exponent = Float(exponent)
            for index in 0..<count {
              let (x, y) = unsafe (values[index], others[index] * margin)
              let larger = max(x, y)
              let (a, b) = (Float.pow(x / larger, exponent), Float.pow(y / larger, exponent))
              unsafe mask[index] = larger < .leastNormalMagnitude ? empty : a / (a + b)
            }
          }
        }
      }
    }
  }

  /// One part of a signal, as long as it: transformed, masked, transformed back.
  /// - Throws: A diagnostic when the window is longer than the transform, or the signal shorter than an uncentred frame.
  public func separate(_ part: SeparationPart, from samples: [Float], stft parameters: STFTParameters) throws -> [Float]
  {
    var spectrum = try stft(samples, parameters)
    let count = spectrum.bins * spectrum.frames
    let magnitudes = unsafe [Float](unsafeUninitializedCapacity: count) { target, written in
      written = count
      unsafe spectrum.values.withUnsafeBufferPointer { values in
        guard let source = values.baseAddress, let target = target.baseAddress else { return }
        for frame in 0..<spectrum.frames {
          let start = frame * spectrum.bins
          _ = unsafe writeMagnitudes(of: source + 2 * start, into: target + start, count: spectrum.bins)
        }
      }
    }
    let mask = try mask(part, of: magnitudes, bins: spectrum.bins)
    unsafe spectrum.values.withUnsafeMutableBufferPointer { values in
      unsafe mask.withUnsafeBufferPointer { mask in
        for index in 0..<count {
          unsafe values[2 * index] *= mask[index]
          unsafe values[2 * index + 1] *= mask[index]
        }
      }
    }
    return try inverseSTFT(spectrum, parameters, length: samples.count)
  }
}
