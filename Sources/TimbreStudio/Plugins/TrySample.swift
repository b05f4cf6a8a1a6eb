import Foundation
import TimbreAudio
import TimbreCore

/// Sounds that are at hand for trying a plugin, made by formulas: three seconds at 22,050 Hz.
enum TrySample: String, CaseIterable, Sendable {
  case voice, tone, sweep, click, clicks, noise, silence

  var title: String {
    switch self {
    case .voice: "a synthetic voice"
    case .tone: "a tone of 440 Hz"
    case .sweep: "a sweep from 100 to 8,000 Hz"
    case .click: "one click"
    case .clicks: "clicks, two a second"
    case .noise: "white noise"
    case .silence: "silence"
    }
  }

  /// - Throws: A diagnostic where the registry has no voice.
  func source(_ registry: Registry) throws -> AudioSource {
    guard self == .voice else { return .generated { Signal(samples: samples, sampleRate: Self.rate) } }
    guard let clip = try registry.datasets["dataset.synthetic"]?.make([]).clips().clips.first else {
      throw Diagnostic(.unknownChoice, "there is no synthetic voice in this program", help: "choose another sound")
    }
    return clip.source
  }

  private static let rate = 22_050
  private static let count = 3 * rate

  private var samples: [Float] {
    let seconds = 3.0
    var random = RandomSource(seed: 1, rawValue)
    return (0..<Self.count).map { index in
      let t = Double(index) / Double(Self.rate)
      switch self {
      case .tone: return Float(0.5 * sin(2 * .pi * 440 * t))
      case .sweep:
        // The phase is the integral of a frequency that rises by the same ratio in the same time.
        let rise = log(80.0) / seconds
        return Float(0.5 * sin(2 * .pi * 100 * (exp(rise * t) - 1) / rise))
      case .click: return index == Self.count / 2 ? 1 : 0
      case .clicks: return index % (Self.rate / 2) == 0 ? 1 : 0
      case .noise: return Float(random.uniform(-0.5, 0.5))
      case .voice, .silence: return 0
      }
    }
  }
}
