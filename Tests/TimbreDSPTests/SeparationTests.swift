import Testing
import TimbreCore
import TimbreDSP

@Suite struct SeparationTests {
  /// Lengths that take half-length transforms and lengths that do not, windows that overlap well and unevenly.
  @Test(
    arguments: [Window.Shape.hann, .hamming, .blackman, .boxcar, .bartlett, .cosine],
    [(2048, 512), (1024, 100), (64, 8), (48, 12), (400, 150), (513, 100)])
  func theInverseGivesTheSignalBack(_ shape: Window.Shape, _ sizes: (Int, Int)) throws {
    let signal = TransformTests.noise(4000)
    let parameters = STFTParameters(nFFT: sizes.0, hopLength: sizes.1, window: try #require(Window(shape)))
    let back = try inverseSTFT(stft(signal, parameters), parameters, length: signal.count)
    #expect(back.count == signal.count)
    #expect(zip(back, signal).allSatisfy { abs($0 - $1) < 2e-6 })
  }

  /// Parseval: of the windowed samples of each frame.
  @Test(arguments: [(512, 128), (500, 70)]) func framesKeepTheirEnergy(_ size: Int, _ hop: Int) throws {
    let signal = TransformTests.noise(3000)
    let parameters = STFTParameters(nFFT: size, hopLength: hop, center: false)
    let spectrum = try stft(signal, parameters)
    let window = Window.hann.values(length: size, paddedTo: size)
    for frame in 0..<spectrum.frames {
      var total = 0.0
      for bin in 0..<spectrum.bins {
        let (re, im) = (
          Double(spectrum.real(bin: bin, frame: frame)), Double(spectrum.imaginary(bin: bin, frame: frame))
        )
        total += (bin == 0 || 2 * bin == size ? 1 : 2) * (re * re + im * im)
      }
      let energy = (0..<size).reduce(0.0) { sum, index in
        let value = window[index] * Double(signal[frame * hop + index])
        return sum + value * value
      }
      #expect(abs(total / Double(size) / energy - 1) < 1e-6)
    }
  }

  /// With a median of one bin for the percussive part, a hard mask tells where the median along time exceeds the value itself.
  @Test(arguments: [1, 2, 3, 8, 31, 70]) func mediansAreThoseOfSortedNeighbours(_ size: Int) throws {
    let (frames, bins) = (29, 11)
    let values = TransformTests.noise(frames * bins).map { ($0 * 20).rounded().magnitude }
    var separation = HarmonicPercussive()
    separation.power = MaskPower(.infinity)
    separation.kernelSize = MedianSizes(.each(size, 1))
    let alongTime = try separation.mask(.harmonic, of: values, bins: bins)
    separation.kernelSize = MedianSizes(.each(1, size))
    let alongFrequency = try separation.mask(.percussive, of: values, bins: bins)
    func mirrored(_ index: Int, _ count: Int) -> Int {
      var place = index
      while !(0..<count).contains(place) { place = place < 0 ? -1 - place : 2 * count - 1 - place }
      return place
    }
    func middle(_ neighbours: [Float]) -> Float { neighbours.sorted()[size / 2] }
    for frame in 0..<frames {
      for bin in 0..<bins {
        let value = values[frame * bins + bin]
        let before = middle((0..<size).map { values[mirrored(frame - size / 2 + $0, frames) * bins + bin] })
        #expect(alongTime[frame * bins + bin] == (before > value ? 1 : 0))
        let below = middle((0..<size).map { values[frame * bins + mirrored(bin - size / 2 + $0, bins)] })
        #expect(alongFrequency[frame * bins + bin] == (below > value ? 1 : 0))
      }
    }
  }

  @Test func bothMasksAddUpToOne() throws {
    let values = TransformTests.noise(400).map(\.magnitude) + [Float](repeating: 0, count: 200)
    for power in [0.5, 1, 2] {
      var separation = HarmonicPercussive()
      separation.kernelSize = MedianSizes(.both(5))
      separation.power = MaskPower(power)
      let masks = try (
        separation.mask(.harmonic, of: values, bins: 20), separation.mask(.percussive, of: values, bins: 20)
      )
      #expect(zip(masks.0, masks.1).allSatisfy { abs($0 + $1 - 1) < 1e-6 })
    }
  }

  @Test func negativeMediansAreDiagnosed() {
    #expect(throws: Diagnostic.self) { try HarmonicPercussive().mask(.harmonic, of: [-1, -2, -3, -4], bins: 2) }
  }
}
