import RealModule

extension SecondOrderSections {
  /// What a filter lets through. Frequencies in Hz, above 0 and below half the sample rate.
  public enum PassBand: Sendable, Hashable {
    case lowPass(Double)
    case highPass(Double)
    case bandPass(Double, Double)
  }

  /// A Butterworth filter: `scipy.signal.butter(order, …, fs=sampleRate, output="sos")`, −3.01 dB at each edge.
  ///
  /// - Parameter order: From 1; each adds 6 dB an octave. A band-pass has `order` at both of its edges.
  public static func butterworth(order: Int, _ band: PassBand, sampleRate: Double) -> SecondOrderSections {
    precondition(order >= 1, "an order of at least 1")
    let poles = (0..<order).map { -Root(angle: .pi * Double(2 * $0 - order + 1) / Double(2 * order)) }
    let prototype = ZerosAndPoles(zeros: [], poles: poles, gain: 1)
    /// The analogue frequency that the bilinear transform moves to `frequency`.
    func warped(_ frequency: Double) -> Double {
      precondition(frequency > 0 && frequency < sampleRate / 2, "an edge between 0 and half the sample rate")
      return 4 * Double.tan(.pi * frequency / sampleRate)
    }
    let analogue =
      switch band {
      case .lowPass(let edge): prototype.lowPass(to: warped(edge))
      case .highPass(let edge): prototype.highPass(from: warped(edge))
      case .bandPass(let low, let high):
        prototype.bandPass(centre: (warped(low) * warped(high)).squareRoot(), width: warped(high) - warped(low))
      }
    return analogue.bilinear.sections
  }
}
