import Foundation
import TimbreAudio
import TimbreCore

/// A folder of one test, gone when the test is over.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "timbre-audio-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ bytes: [UInt8] = []) throws -> String {
    let place = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: place))
    return place
  }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

/// The signal of `make_audio.py`: whole numbers over 2¹⁵.
func formulaSignal(_ count: Int) -> [Float] {
  (0..<count).map { i in
    let whole = abs(i * 97 % 4001 - 2000) * 5 + abs(i * 1013 % 16001 - 8000) - 9000 + (i == count / 2 ? 9000 : 0)
    return Float(whole) / 32_768
  }
}

func bytes(_ value: Int, _ count: Int, bigEndian: Bool = false) -> [UInt8] {
  let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  return bigEndian ? little.reversed() : little
}

/// WAV files written by hand, so that the decoder is not tested against itself.
enum WAV {
  static func pcm16(_ channels: [[Float]], rate: Int, extraChunks: Bool = false) -> [UInt8] {
    let data = frames(channels) { bytes(Int($0 * 32_768), 2) }
    return file(format: 1, channels: channels.count, rate: rate, sampleBytes: 2, data: data, extraChunks: extraChunks)
  }

  static func float32(_ channels: [[Float]], rate: Int) -> [UInt8] {
    let data = frames(channels) { bytes(Int($0.bitPattern), 4) }
    return file(format: 3, channels: channels.count, rate: rate, sampleBytes: 4, data: data, extraChunks: false)
  }

  static func frames(_ channels: [[Float]], _ encode: (Float) -> [UInt8]) -> [UInt8] {
    var data: [UInt8] = []
    for index in channels[0].indices { for channel in channels { data += encode(channel[index]) } }
    return data
  }

  /// - Parameter extraChunks: FLLR before the data, so that they begin at byte 4096, and LIST, bext and _PMX after them.
  static func file(
    format: Int, channels: Int, rate: Int, sampleBytes: Int, data: [UInt8], extraChunks: Bool
  ) -> [UInt8] {
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] { Array(name.utf8) + bytes(content.count, 4) + content }
    let frameBytes = channels * sampleBytes
    var body = Array("WAVE".utf8)
    body += chunk(
      "fmt ",
      bytes(format, 2) + bytes(channels, 2) + bytes(rate, 4) + bytes(rate * frameBytes, 4) + bytes(frameBytes, 2)
        + bytes(sampleBytes * 8, 2))
    if extraChunks { body += chunk("FLLR", [UInt8](repeating: 0, count: 4044)) }
    body += chunk("data", data)
    if extraChunks {
      body += chunk("LIST", Array("INFOISFT".utf8) + bytes(4, 4) + Array("made".utf8))
      body += chunk("bext", [UInt8](repeating: 0, count: 602)) + chunk("_PMX", Array("<x/>".utf8))
    }
    return Array("RIFF".utf8) + bytes(body.count, 4) + body
  }
}

/// AIFF or AIFF-C files of 16 bits.
func aiff(_ channels: [[Float]], rate: Int, compressed: Bool = false) -> [UInt8] {
  func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    Array(name.utf8) + bytes(content.count, 4, bigEndian: true) + content
  }
  // The rate as an 80-bit number: an exponent, and a mantissa with its first bit set.
  let exponent = Int.bitWidth - 1 - rate.leadingZeroBitCount
  let extended =
    bytes(16_383 + exponent, 2, bigEndian: true)
    + bytes(Int(bitPattern: UInt(rate) << (63 - UInt(exponent))), 8, bigEndian: true)
  var common = bytes(channels.count, 2, bigEndian: true) + bytes(channels[0].count, 4, bigEndian: true)
  common += bytes(16, 2, bigEndian: true) + extended
  if compressed { common += Array("NONE".utf8) + [0, 0] }
  let data = WAV.frames(channels) { bytes(Int($0 * 32_768), 2, bigEndian: true) }
  var body = Array((compressed ? "AIFC" : "AIFF").utf8)
  if compressed { body += chunk("FVER", bytes(0xA280_5140, 4, bigEndian: true)) }
  body += chunk("COMM", common) + chunk("SSND", [UInt8](repeating: 0, count: 8) + data)
  return Array("FORM".utf8) + bytes(body.count, 4, bigEndian: true) + body
}

/// The goldens that `make_audio.py` wrote.
struct Goldens: Decodable {
  struct Resampling: Decodable {
    var type: String
    var count: Int
    var from: Double
    var to: Double
    var scale: Bool
    var length: Int
    var step: Int
    var samples: [Double]
    var energy: Double
    var moment: Double
  }

  struct Loading: Decodable {
    var rate: Int
    var channels: Int
    var container: String
    var sr: Int?
    var offset: Double
    var duration: Double?
    var length: Int
    var step: Int
    var samples: [Double]
    var energy: Double
    var moment: Double
  }

  struct Lossy: Decodable {
    var name: String
    var base64: String
    var length: Int
    var step: Int
    var samples: [Double]
  }

  var resampling: [Resampling]
  var loading: [Loading]
  var lossy: [Lossy]

  static func read() throws -> Goldens {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try JSONDecoder().decode(
      Goldens.self, from: Data(contentsOf: folder.appendingPathComponent("Goldens/audio.json")))
  }
}

/// The largest difference of the picked samples.
func worst(_ ours: [Float], step: Int, _ theirs: [Double]) -> Double {
  zip(stride(from: 0, to: ours.count, by: step), theirs).map { abs(Double(ours[$0]) - $1) }.max() ?? 0
}

func energy(_ samples: [Float]) -> Double { samples.reduce(0) { $0 + Double($1) * Double($1) } }

func moment(_ samples: [Float]) -> Double {
  samples.enumerated().reduce(0) { $0 + Double($1.element) * cos(Double($1.offset) * 0.37) }
}

/// The diagnostic that `work` throws.
func diagnostic(_ work: () throws -> Void) -> Diagnostic? {
  do { try work() } catch { return error as? Diagnostic }
  return nil
}
