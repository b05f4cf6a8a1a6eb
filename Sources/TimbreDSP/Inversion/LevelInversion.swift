import RealModule
import TimbreCore

extension Spectrogram {
  /// Decibels to powers: reference · 10^(x/10), as `librosa.db_to_power`.
  /// - Throws: A diagnostic when a power leaves the range of single precision.
  public func powers(reference: Float = 1) throws -> Spectrogram {
    try fromDecibels { reference * Float.exp10(0.1 * $0) }
  }

  /// Decibels to amplitudes: reference · 10^(x/20), as `librosa.db_to_amplitude`.
  /// - Throws: A diagnostic when an amplitude leaves the range of single precision.
  public func amplitudes(reference: Float = 1) throws -> Spectrogram {
    try fromDecibels { reference * Float.exp10(0.05 * $0) }
  }

  /// Powers to amplitudes; what is negative becomes 0.
  public func squareRoots() -> Spectrogram {
    var result = self
    for index in values.indices { result.values[index] = max(0, values[index]).squareRoot() }
    return result
  }

  private func fromDecibels(_ undo: (Float) -> Float) throws -> Spectrogram {
    var result = self
    for frame in 0..<frames {
      for index in frame * stride..<frame * stride + bins {
        result.values[index] = undo(values[index])
        guard result.values[index].isFinite else {
          throw Diagnostic(
            .notFinite, "a level of \(short(Double(values[index]))) dB leaves the range of single precision")
        }
      }
    }
    return result
  }
}
