import RealModule

extension Spectrogram {
  /// 10 · log₁₀(max(amin, x) / max(amin, reference)), no lower than `topDB` under the loudest value: `librosa.power_to_db`.
  public func decibels(reference: Float = 1, amin: Float = 1e-10, topDB: Float? = 80) -> Spectrogram {
    var result = self
    let offset = 10 * Float.log10(max(amin, abs(reference)))
    var loudest = -Float.infinity
    unsafe result.values.withUnsafeMutableBufferPointer { target in
      let raw = UnsafeMutableRawBufferPointer(target)
      for frame in 0..<frames {
        let start = frame * stride
        for index in Swift.stride(from: start, to: start + bins, by: 8) {
          var x = unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
          x.replace(with: amin, where: x .< amin)
          let level = decibelsOf(x) - offset
          unsafe raw.storeBytes(of: level, toByteOffset: 4 * index, as: SIMD8<Float>.self)
        }
        for index in start..<start + bins { loudest = unsafe max(loudest, target[index]) }
        for index in start + bins..<start + stride { unsafe target[index] = 0 }
      }
      guard let topDB else { return }
      let floor = loudest - topDB
      for frame in 0..<frames {
        for index in frame * stride..<frame * stride + bins { unsafe target[index] = max(target[index], floor) }
      }
    }
    return result
  }
}

/// 10 · log₁₀ of positive normal numbers, to about 1 unit in the last place of the logarithm.
///
/// x = m · 2ᵉ with m in [√½, √2); log m = 2 artanh(s), s = (m − 1)/(m + 1), by its series.
@inline(__always)
private func decibelsOf(_ x: SIMD8<Float>) -> SIMD8<Float> {
  var bits = unsafe unsafeBitCast(x, to: SIMD8<Int32>.self)
  let exponent = (bits &- 0x3F35_04F3) &>> 23
  bits = bits &- (exponent &<< 23)
  let mantissa = unsafe unsafeBitCast(bits, to: SIMD8<Float>.self)
  let s = (mantissa - 1) / (mantissa + 1)
  let square = s * s
  // 20/ln 10 · (1 + s²/3 + s⁴/5 + s⁶/7 + s⁸/9 + s¹⁰/11); |s| ≤ 0.1716, so what is left out is below 1e-9.
  var series = square * 0.789_626_2 + 0.965_098_7
  series = series * square + 1.240_841_2
  series = series * square + 1.737_177_9
  series = series * square + 2.895_296_5
  series = series * square + 8.685_889_6
  return SIMD8<Float>(exponent) * 3.010_299_9 + s * series
}
