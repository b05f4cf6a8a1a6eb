import RealModule

/// Mels: Slaney's scale (linear to 1 kHz, logarithmic above) or HTK's formula, as `librosa.hz_to_mel` and `mel_to_hz`.
public enum MelScale: Sendable, Hashable {
  case slaney, htk

  private static let hertzPerMel = 200.0 / 3
  private static let breakHertz = 1000.0
  private static let breakMel = breakHertz / hertzPerMel
  private static let logStep = Double.log(6.4) / 27

  public func mel(fromHertz hertz: Double) -> Double {
    switch self {
    case .htk: 2595 * .log10(1 + hertz / 700)
    case .slaney:
      hertz < Self.breakHertz ? hertz / Self.hertzPerMel : Self.breakMel + .log(hertz / Self.breakHertz) / Self.logStep
    }
  }

  public func hertz(fromMel mel: Double) -> Double {
    switch self {
    case .htk: 700 * (.exp10(mel / 2595) - 1)
    case .slaney:
      mel < Self.breakMel ? Self.hertzPerMel * mel : Self.breakHertz * .exp(Self.logStep * (mel - Self.breakMel))
    }
  }

  /// `count` frequencies, in Hz, evenly spaced in mels, ends included.
  public func frequencies(_ count: Int, from lowest: Double, to highest: Double) -> [Double] {
    let (first, last) = (mel(fromHertz: lowest), mel(fromHertz: highest))
    let step = count > 1 ? (last - first) / Double(count - 1) : 0
    return (0..<count).map { hertz(fromMel: $0 == count - 1 && count > 1 ? last : first + Double($0) * step) }
  }
}
