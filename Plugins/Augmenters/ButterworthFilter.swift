import TimbreCore
import TimbreDSP

/// What the three filter plugins share: how steep the filter is, and whether it delays.
struct ButterworthFilter: Sendable {
  let order: Int
  let zeroPhase: Bool

  static let steepness = Unit("dB/octave")
  static let details = """
    A Butterworth filter, 3 dB down at its edges. It starts as if the first sample had always been there, so that a constant \
    makes no click. With zero_phase it runs forwards and backwards: nothing is delayed, rolloff is that of both passes, and \
    the edges are 6 dB down. Then rolloff is a multiple of 12. A frequency at or above half the sample rate is \
    taken as 0.9999 times that.
    """
  static let reference = "scipy.signal.butter, sosfilt and sosfiltfilt"

  /// - Throws: A diagnostic for a rolloff between two orders.
  init(rolloff: Int, zeroPhase: Bool) throws {
    let step = zeroPhase ? 12 : 6
    guard rolloff % step == 0 else {
      let nearest = max(step, (rolloff + step / 2) / step * step)
      throw Diagnostic(
        .invalidParameters,
        "rolloff (\(rolloff)) is not a multiple of \(step)" + (zeroPhase ? ", as zero_phase needs it" : ""),
        help: "give \(nearest)")
    }
    order = rolloff / step
    self.zeroPhase = zeroPhase
  }

  func apply(_ band: SecondOrderSections.PassBand, to signal: Signal) -> Signal {
    let filter = SecondOrderSections.butterworth(order: order, band, sampleRate: Double(signal.sampleRate))
    let samples = signal.samples.map(Double.init)
    guard let first = samples.first else { return signal }
    let result =
      zeroPhase ? filter.filteredBothWays(samples) : filter.filtered(samples, from: filter.steadyState(at: first))
    return Signal(samples: result.map(Float.init), sampleRate: signal.sampleRate)
  }

  /// An edge that the sample rate can hold.
  static func edge(_ frequency: Double, _ sampleRate: Int) -> Double {
    let half = Double(sampleRate) / 2
    return frequency < half ? frequency : 0.9999 * half
  }
}
