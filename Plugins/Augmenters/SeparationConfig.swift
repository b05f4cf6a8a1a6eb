import TimbreCore
import TimbreDSP

/// Settings of a separation into harmonic and percussive parts.
protocol SeparationConfig: TransformConfig {
  var separation: HarmonicPercussive { get set }
}

let separationDetails =
  "Frames of the transform are masked and transformed back; the result is as long as the signal. With a margin of 1, harmonic and "
  + "percussive part add up to the signal. `window` is that of both transforms: librosa's own function takes one and then uses hann. "
  + "Values reflect at the ends of a median however long it is; SciPy goes astray where it is more than eight times as long as there "
  + "are frames or bins."

extension Parameter where Config: SeparationConfig {
  /// kernel_size, power and margin, and the transform with pad_mode.
  static var separation: [Parameter] {
    [
      .value(
        "kernel_size", \.separation.kernelSize,
        "Frames and bins that the medians are of: one number, or [along time, along frequency]."),
      .value("power", \.separation.power, "Exponent of the masks; \"inf\" makes them 0 or 1."),
      .value(
        "margin", \.separation.margin,
        "How many times stronger than the other part something must be: one number, or [harmonic, percussive]."),
    ] + transform + [
      .choice("pad_mode", \.transform.padMode, "How the ends are padded when frames are centred.")
    ]
  }
}
