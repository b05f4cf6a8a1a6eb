/// MurmurHash3, x64, 128 bits (Appleby, public domain): a fingerprint of much data, against accidents and not against malice.
///
/// - Parameter word: The bytes 8i to 8i + 7 of the message as a little-endian number, zeros beyond its end.
@inline(__always)
package func murmur128(
  words: Int, byteCount: Int, seed: UInt64, _ word: (Int) -> UInt64
) -> (UInt64, UInt64) {
  var h1 = seed
  var h2 = seed
  let c1: UInt64 = 0x87C3_7B91_1142_53D5
  let c2: UInt64 = 0x4CF5_AD43_2745_937F
  func mixed1(_ k: UInt64) -> UInt64 { rotate(k &* c1, 31) &* c2 }
  func mixed2(_ k: UInt64) -> UInt64 { rotate(k &* c2, 33) &* c1 }
  for block in 0..<byteCount / 16 {
    h1 ^= mixed1(word(2 &* block))
    h1 = (rotate(h1, 27) &+ h2) &* 5 &+ 0x52DC_E729
    h2 ^= mixed2(word(2 &* block &+ 1))
    h2 = (rotate(h2, 31) &+ h1) &* 5 &+ 0x3849_5AB5
  }
  let rest = byteCount / 16 * 2
  if rest + 1 < words { h2 ^= mixed2(word(rest + 1)) }
  if rest < words { h1 ^= mixed1(word(rest)) }
  h1 ^= UInt64(byteCount)
  h2 ^= UInt64(byteCount)
  h1 &+= h2
  h2 &+= h1
  h1 = finished(h1)
  h2 = finished(h2)
  h1 &+= h2
  h2 &+= h1
  return (h1, h2)
}

@inline(__always)
private func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }

private func finished(_ word: UInt64) -> UInt64 {
  var k = word
  k = (k ^ (k >> 33)) &* 0xFF51_AFD7_ED55_8CCD
  k = (k ^ (k >> 33)) &* 0xC4CE_B9FE_1A85_EC53
  return k ^ (k >> 33)
}

/// The fingerprint of bytes.
public func fingerprint(_ bytes: [UInt8], seed: UInt64 = 0) -> (high: UInt64, low: UInt64) {
  let (whole, rest) = (bytes.count / 8, bytes.count % 8)
  let hash = unsafe bytes.withUnsafeBytes { buffer in
    murmur128(words: whole + (rest > 0 ? 1 : 0), byteCount: bytes.count, seed: seed) { index in
      if index < whole {
        return unsafe UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
      }
      var word: UInt64 = 0
      for place in 0..<rest { unsafe word |= UInt64(buffer[8 * whole + place]) << UInt64(8 * place) }
      return word
    }
  }
  return (hash.0, hash.1)
}

/// The fingerprint of samples, as little-endian floats.
package func fingerprint(of samples: [Float], seed: UInt64) -> (high: UInt64, low: UInt64) {
  let whole = samples.count / 2
  let hash = unsafe samples.withUnsafeBytes { raw in
    murmur128(words: (samples.count + 1) / 2, byteCount: samples.count * 4, seed: seed) { word in
      guard let base = raw.baseAddress else { return 0 }
      if word < whole {
        return unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 8 &* word, as: UInt64.self))
      }
      return UInt64(samples[2 * word].bitPattern)
    }
  }
  return (hash.0, hash.1)
}

extension UInt64 {
  /// 16 digits.
  package var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
