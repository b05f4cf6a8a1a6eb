import Foundation
import Testing
import TimbreCore

/// A signal made by formula, a plugin's settings, and what librosa computes (Tests/Goldens/make_librosa.py).
struct Golden: Decodable, Sendable, CustomTestStringConvertible {
  var use: String
  var signal: String
  var count: Int
  var rate: Int
  var parameters: [String: Setting]
  var bins: Int
  /// The share of the largest value by which ours may differ.
  var limit: Double
  var values: [Double]

  enum Setting: Decodable, Sendable {
    case value(JSONValue)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .value(.null)
      } else if let flag = try? container.decode(Bool.self) {
        self = .value(.bool(flag))
      } else if let number = try? container.decode(Double.self) {
        self = .value(number.json)
      } else if let text = try? container.decode(String.self) {
        self = .value(.string(text))
      } else {
        let items = try container.decode([Setting].self)
        self = .value(.array(items.map { if case .value(let value) = $0 { value } else { .null } }))
      }
    }
  }

  var members: [JSONValue.Member] {
    parameters.sorted { $0.key < $1.key }.map { key, setting in
      switch setting {
      case .value(let value): JSONValue.Member(key, value)
      }
    }
  }

  var testDescription: String { "\(use) of \(count) × \(signal) at \(rate) Hz, \(JSONValue.object(members))" }

  /// The goldens of every file in a folder.
  static func all(in folder: String) throws -> [Golden] {
    let folder = URL(filePath: #filePath).appending(path: "../../Goldens/\(folder)").standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.sorted { $0.path < $1.path }.flatMap {
      try JSONDecoder().decode([Golden].self, from: Data(contentsOf: $0))
    }
  }

  var input: Signal { Signal(samples: Self.samples(signal, count, rate), sampleRate: rate) }

  static func samples(_ kind: String, _ count: Int, _ rate: Int) -> [Float] {
    if kind == "pulses" { return pulses(count, rate) }
    var state: UInt32 = 1
    return (0..<count).map { index in
      let t = 2 * Double.pi * Double(index) / Double(rate)
      switch kind {
      case "voice":
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(0.4 * sin(221.5 * t) + 0.2 * sin(1330 * t) + 0.05 * (Double(state) / 2_147_483_648 - 1))
      case "tone": return Float(0.5 * sin(440 * t))
      case "click": return index == count / 2 ? 1 : 0
      case "clicks": return index % (rate / 2) == 0 ? 1 : 0
      default: return 0
      }
    }
  }

  /// A voice: pulses of uneven distance and level through three resonators.
  private static func pulses(_ count: Int, _ rate: Int) -> [Float] {
    var state: UInt32 = 1
    func noise() -> Double {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Double(state) / 2_147_483_648 - 1
    }
    var (samples, place) = ([Double](repeating: 0, count: count), 0)
    while place < count {
      samples[place] = 1 + 0.06 * noise()
      place += max(1, Int(Double(rate) / 120 * (1 + 0.03 * noise())))
    }
    for (frequency, bandwidth) in [(700.0, 80.0), (1220, 100), (2600, 120)] {
      let decay = exp(-.pi * bandwidth / Double(rate))
      let turn = 2 * decay * cos(2 * .pi * frequency / Double(rate))
      for index in 1..<count {
        samples[index] += turn * samples[index - 1] - (index > 1 ? decay * decay * samples[index - 2] : 0)
      }
    }
    let peak = samples.reduce(0) { max($0, abs($1)) }
    return samples.map { Float(0.5 * $0 / peak) }
  }

  /// The largest difference from `computed`, as a share of the largest golden value.
  func error(of computed: [Float]) -> Double {
    guard computed.count == values.count else { return .infinity }
    let scale = values.reduce(0) { max($0, abs($1)) }
    let difference = zip(computed, values).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
    return scale > 0 ? difference / scale : difference
  }
}
