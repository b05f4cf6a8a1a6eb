#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where frames of a FLAC file begin (RFC 9639, section 9.1).
///
/// libFLAC looks for a place in a file by decoding frames on the way there, as many as half a second of sound. Here it is shown the
/// place; it still reads the frame's header, and says which frame it is.
@safe
struct FlacFrames {
  private let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe self.bytes = bytes }

  /// Where a sound header begins that bears `number`, in a file whose frames are of one size; nil where none does.
  /// - Parameter first: Where the first frame begins, behind the metadata.
  func place(of number: Int, from first: Int) -> Int? {
    guard let base = unsafe bytes.baseAddress else { return nil }
    let coded = Self.coded(number)
    var place = first
    while unsafe place < bytes.count, let found = unsafe memchr(base + place, 0xFF, bytes.count - place) {
      unsafe place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      if isHeader(at: place, coded) { return place }
      place += 1
    }
    return nil
  }

  /// Two bytes by which frames are found, two of format, the number, up to four more of format, and a check of them all.
  private func isHeader(at place: Int, _ coded: [UInt8]) -> Bool {
    let number = place + 4
    guard unsafe number + coded.count + 5 <= bytes.count, unsafe bytes[place + 1] == 0xF8,
      coded.indices.allSatisfy({ unsafe bytes[number + $0] == coded[$0] })
    else { return false }
    let end = unsafe number + coded.count + Self.more(bytes[place + 2])
    var check: UInt8 = 0
    for index in place..<end {
      unsafe check ^= bytes[index]
      for _ in 0..<8 { check = check & 0x80 == 0 ? check << 1 : check << 1 ^ 0x07 }
    }
    return unsafe check == bytes[end]
  }

  /// Bytes of a frame's size and sample rate behind its number.
  private static func more(_ format: UInt8) -> Int {
    let size = format >> 4 == 6 ? 1 : format >> 4 == 7 ? 2 : 0
    let rate = format & 15 == 12 ? 1 : (13...14).contains(format & 15) ? 2 : 0
    return size + rate
  }

  /// A number as UTF-8 codes a character, with up to 36 bits.
  private static func coded(_ number: Int) -> [UInt8] {
    if number < 0x80 { return [UInt8(number)] }
    var (rest, tail) = (number, [UInt8]())
    // With every byte that follows, the first one has room for a bit less.
    while tail.isEmpty || rest >= 1 << (6 - tail.count) {
      tail.insert(UInt8(0x80 | rest & 0x3F), at: 0)
      rest >>= 6
    }
    return [~(0x7F >> UInt8(tail.count)) | UInt8(rest)] + tail
  }
}
