import RealModule
import TimbreCore

extension Spectrogram {
  /// 10 · log₁₀(max(amin, x) / max(amin, reference)), no lower than `topDB` under the loudest value: `librosa.power_to_db`.
  public func decibels(reference: Float = 1, amin: Float = 1e-10, topDB: Float? = 80) -> Spectrogram {
    let offset = 10 * Float.log10(max(amin, abs(reference)))
    var lanes = SIMD16<Float>(repeating: -.infinity)
    var result = unsafe values.withUnsafeBufferPointer { source in
      unsafe Spectrogram(bins: bins, frames: frames) { frame, row in
        guard let source = source.baseAddress else { return }
        for bin in Swift.stride(from: 0, to: bins, by: 16) {
          var x = unsafe SIMD16.load(source + frame * stride, bin)
          x.replace(with: amin, where: x .< amin)
          let level = decibelsOf(x) - offset
          // The zeros after the last bin are as loud as `amin`, which is no louder than any bin.
          lanes.replace(with: level, where: level .> lanes)
          unsafe level.store(row, bin)
        }
      }
    }
    guard let topDB else { return result }
    let floor = SIMD16(repeating: lanes.max() - topDB)
    unsafe result.values.withUnsafeMutableBufferPointer { target in
      guard let target = target.baseAddress else { return }
      for frame in 0..<frames {
        let (start, end) = (frame * stride, frame * stride + bins)
        for index in Swift.stride(from: start, to: end, by: 16) {
          var level = unsafe SIMD16.load(target, index)
          level.replace(with: floor, where: level .< floor)
          unsafe level.store(target, index)
        }
        for index in end..<start + stride { unsafe target[index] = 0 }
      }
    }
    return result
  }
}

/// Numbers in decibels, no lower than `topDB` under the loudest: `librosa.power_to_db`, or `librosa.amplitude_to_db` of amplitudes.
/// - Parameters:
///   - reference: What becomes 0 dB: a number, or how it is found among the magnitudes.
///   - amin: Smaller magnitudes count as this one; a normal number of single precision, also when squared for amplitudes.
public func decibels(
  _ values: [Float], ofAmplitudes: Bool, reference: DecibelReference, amin: Double, topDB: Double?
) -> [Float] {
  let least = Float(amin)
  let factor: Float = ofAmplitudes ? 2 : 1
  let offset: Float
  switch reference {
  case .number(let number): offset = factor * 10 * Float(Double.log10(max(amin, abs(number))))
  case .aggregate(let aggregate):
    let value = aggregate(ofAmplitudes ? values.map(abs) : values)
    offset = factor * decibelsOf(SIMD16(repeating: min(max(least, value), .greatestFiniteMagnitude)))[0]
  }
  // The logarithm rises, so that the loudest level is that of the largest magnitude.
  let peak = largest(values, ofMagnitudes: ofAmplitudes)
  let loudest = factor * decibelsOf(SIMD16(repeating: max(least, peak)))[0] - offset
  let floor = SIMD16<Float>(repeating: topDB.map { loudest - Float($0) } ?? -.infinity)
  return unsafe [Float](unsafeUninitializedCapacity: values.count) { target, count in
    unsafe values.withUnsafeBytes { source in
      let raw = UnsafeMutableRawBufferPointer(target)
      for index in Swift.stride(from: 0, to: values.count, by: 16) {
        let kept = min(16, values.count - index)
        var x = SIMD16<Float>(repeating: least)
        if kept == 16 {
          x = unsafe source.loadUnaligned(fromByteOffset: 4 * index, as: SIMD16<Float>.self)
        } else {
          for lane in 0..<kept { x[lane] = values[index + lane] }
        }
        if ofAmplitudes { x.replace(with: -x, where: x .< 0) }
        x.replace(with: least, where: x .< least)
        var level = factor * decibelsOf(x) - offset
        level.replace(with: floor, where: level .< floor)
        if kept == 16 {
          unsafe raw.storeBytes(of: level, toByteOffset: 4 * index, as: SIMD16<Float>.self)
        } else {
          for lane in 0..<kept {
            unsafe raw.storeBytes(of: level[lane], toByteOffset: 4 * (index + lane), as: Float.self)
          }
        }
      }
    }
    count = values.count
  }
}

/// What counts as 0 dB.
public enum DecibelReference: Sendable, Hashable {
  case number(Double)
  case aggregate(Aggregation)
}

extension DecibelReference: ParameterValue {
  public static var parameterType: ParameterType { .oneOf([.number(.any), Aggregation.parameterType]) }

  public init?(json: JSONValue) {
    if let number = json.doubleValue {
      self = .number(number)
    } else if let aggregate = Aggregation(json: json) {
      self = .aggregate(aggregate)
    } else {
      return nil
    }
  }

  public var json: JSONValue {
    switch self {
    case .number(let number): number.json
    case .aggregate(let aggregate): aggregate.json
    }
  }
}

/// 10 · log₁₀ of positive normal numbers, to about 1 unit in the last place of the logarithm.
///
/// x = m · 2ᵉ with m in [√½, √2); log m = 2 artanh(s), s = (m − 1)/(m + 1), by its series.
@inline(__always)
private func decibelsOf(_ x: SIMD16<Float>) -> SIMD16<Float> {
  var bits = unsafe unsafeBitCast(x, to: SIMD16<Int32>.self)
  let exponent = (bits &- 0x3F35_04F3) &>> 23
  bits = bits &- (exponent &<< 23)
  let mantissa = unsafe unsafeBitCast(bits, to: SIMD16<Float>.self)
  let s = (mantissa - 1) / (mantissa + 1)
  let square = s * s
  // 20/ln 10 · (1 + s²/3 + s⁴/5 + s⁶/7 + s⁸/9 + s¹⁰/11); |s| ≤ 0.1716, so what is left out is below 1e-9.
  var series = square * 0.789_626_2 + 0.965_098_7
  series = series * square + 1.240_841_2
  series = series * square + 1.737_177_9
  series = series * square + 2.895_296_5
  series = series * square + 8.685_889_6
  return SIMD16<Float>(exponent) * 3.010_299_9 + s * series
}
