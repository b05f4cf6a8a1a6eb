/// An identity of audio: 32 hex digits over its samples, in which a file's name and format play no part.
///
/// MurmurHash3, x64, 128 bits (Appleby, public domain), over the bits of the samples as little-endian floats, seeded with the
/// sample rate. It finds equal recordings; it does not withstand someone who wants two recordings to look equal.
func contentHash(of samples: [Float], sampleRate: Int) -> String {
  let (high, low) = murmur128(words: (samples.count + 1) / 2, byteCount: samples.count * 4, seed: UInt64(sampleRate)) {
    let first = UInt64(samples[2 * $0].bitPattern)
    let second = 2 * $0 + 1 < samples.count ? UInt64(samples[2 * $0 + 1].bitPattern) : 0
    return first | second << 32
  }
  return hexadecimal(high) + hexadecimal(low)
}

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
    h1 ^= mixed1(word(2 * block))
    h1 = (rotate(h1, 27) &+ h2) &* 5 &+ 0x52DC_E729
    h2 ^= mixed2(word(2 * block + 1))
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

private func hexadecimal(_ word: UInt64) -> String {
  let digits = String(word, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
