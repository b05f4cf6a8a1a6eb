import TimbreCore

/// An identity of audio: 32 hex digits over its samples, in which a file's name and format play no part.
///
/// MurmurHash3, x64, 128 bits (Appleby, public domain), over the bits of the samples as little-endian floats, seeded with the
/// sample rate. It finds equal recordings; it does not withstand someone who wants two recordings to look equal.
func contentHash(of samples: [Float], sampleRate: Int) -> String {
  let (high, low) = fingerprint(of: samples, seed: UInt64(sampleRate))
  return high.hexadecimal + low.hexadecimal
}
