import TimbreCore

/// How frames are made for a bank of filters.
struct ResponseParameters {
  var hopLength: Int
  var padMode: PadMode
  /// nil transforms frames as they are and keeps phases; a window is applied to frames whose magnitudes are read.
  var window: Window?

  func stft(nFFT: Int) -> STFTParameters {
    STFTParameters(nFFT: nFFT, hopLength: hopLength, window: window ?? .hann, center: true, padMode: padMode)
  }
}

/// How the signal is framed for a bank, and the responses of that bank.
struct FilterResponse {
  private let bank: SparseBank
  private let parameters: ResponseParameters
  private let framing: Framing
  var frames: Int { framing.frames }

  init(of signal: [Float], _ bank: SparseBank, _ parameters: ResponseParameters) throws {
    self.bank = bank
    self.parameters = parameters
    framing = try Framing(signal, parameters.stft(nFFT: bank.nFFT))
  }

  /// Writes the magnitudes of the responses of as many frames as `result` has to its bins from `bin` on.
  ///
  /// Spectra are made in double precision and rounded to single precision, as librosa makes them.
  func write(to result: inout Spectrogram, at bin: Int) {
    let size = bank.nFFT
    let transform = PreciseFourierTransform.of(length: size)
    let window = parameters.window.map { $0.values(length: size, paddedTo: size) }
    let input = AlignedBuffer<Double>(count: size, filledWith: 0)
    let output = AlignedBuffer<Double>(count: 2 * transform.bins, filledWith: 0)
    let range = bank.range
    let spectra = AlignedBuffer<SparseBank.Lanes>(count: 2 * range.count, filledWith: SparseBank.Lanes(repeating: 0))
    let (stride, frames) = (result.stride, result.frames)
    unsafe result.values.withUnsafeMutableBufferPointer { target in
      guard let target = target.baseAddress else { return }
      func flush(_ frame: Int, _ lanes: Int) {
        unsafe bank.apply(to: spectra.pointer) { row, response in
          for lane in 0..<lanes { unsafe target[(frame + lane) * stride + bin + row] = response[lane] }
        }
      }
      var frame = 0
      for stretch in framing.stretches {
        unsafe stretch.samples.withUnsafeBufferPointer { samples in
          guard let samples = samples.baseAddress else { return }
          for index in 0..<stretch.frames where frame < frames {
            let start = unsafe samples + (stretch.offset + index * parameters.hopLength)
            for i in 0..<size { unsafe input.pointer[i] = Double(start[i]) }
            if let window { for i in 0..<size { unsafe input.pointer[i] *= window[i] } }
            transform.forward(input, into: output)
            let column = unsafe UnsafeMutableRawPointer(spectra.pointer).assumingMemoryBound(to: Float.self) + frame % 8
            unsafe store(output.pointer + 2 * range.lowerBound, range.count, into: column)
            frame += 1
            if frame.isMultiple(of: 8) { flush(frame - 8, 8) }
          }
        }
      }
      if !frame.isMultiple(of: 8) { flush(frame / 8 * 8, frame % 8) }
    }
  }

  /// Real and imaginary parts, or magnitudes and zeros, in single precision, eight numbers apart.
  private func store(_ spectrum: UnsafePointer<Double>, _ count: Int, into column: UnsafeMutablePointer<Float>) {
    if parameters.window == nil {
      for i in 0..<2 * count { unsafe column[8 * i] = Float(spectrum[i]) }
    } else {
      for i in 0..<count {
        unsafe column[16 * i] = magnitude(SIMD2(Float(spectrum[2 * i]), Float(spectrum[2 * i + 1])))
      }
    }
  }
}
