import TimbreCore

/// The 8-bit codes of ITU-T G.711: a sign, three bits for the segment, four for the step within it.
///
/// Full scale is ±1, as 16-bit audio. The decision values are those of the recommendation's tables, the same for both signs.
public enum CompandingLaw: String, CaseIterable, Sendable, Hashable, ParameterValue {
  /// North America and Japan: 14 bits made 8; silence stays silence.
  case mulaw
  /// Elsewhere: 13 bits made 8; the codes next to zero stand for ±2⁻¹², so that digital silence becomes that constant.
  case alaw

  /// The code of a sample; what is beyond full scale gets the largest.
  public func encode(_ sample: Float) -> UInt8 {
    switch self {
    case .mulaw:
      let biased = wholeUnits(of: sample, in: 8192, largest: 8158) + 33
      let segment = biased.highestBit - 5
      return ~UInt8((sample < 0 ? 0x80 : 0) | segment << 4 | (biased >> (segment + 1)) & 15)
    case .alaw:
      let size = wholeUnits(of: sample, in: 4096, largest: 4095)
      let segment = size < 32 ? 0 : size.highestBit - 4
      return UInt8(segment << 4 | (size >> max(segment, 1)) & 15) ^ (sample < 0 ? 0x55 : 0xD5)
    }
  }

  /// The whole units in a sample; NaN counts as too large.
  private func wholeUnits(of sample: Float, in units: Float, largest: Int) -> Int {
    let size = sample.magnitude * units
    return size < Float(largest) ? Int(size) : largest
  }

  /// The sample that a code stands for.
  public func decode(_ code: UInt8) -> Float {
    switch self {
    case .mulaw:
      let bits = Int(~code)
      let size = ((bits & 15) << 3 + 0x84) << ((bits & 0x70) >> 4) - 0x84
      return Float(bits & 0x80 != 0 ? -size : size) / 32_768
    case .alaw:
      let bits = Int(code ^ 0x55)
      let segment = (bits & 0x70) >> 4
      let size = segment == 0 ? (bits & 15) << 4 + 8 : ((bits & 15) << 4 + 0x108) << (segment - 1)
      return Float(bits & 0x80 != 0 ? size : -size) / 32_768
    }
  }
}

extension Int {
  /// The position of the highest bit that is set in a positive number.
  fileprivate var highestBit: Int { Int.bitWidth - 1 - leadingZeroBitCount }
}
