import Foundation
import Testing
import TimbreCore
import TimbreDSP

@Suite struct TransformTests {
  static func noise(_ count: Int) -> [Float] {
    var random = RandomSource(seed: 3)
    return (0..<count).map { _ in Float(random.uniform(-1, 1)) }
  }

  /// Debian's FFTW on a processor with AVX takes the plans that were measured; a slip in their text would go unnoticed otherwise.
  @Test func fftwTakesItsWisdom() throws {
    let parts = fftwVersion().split(separator: ", ")
    #expect(parts.count == 2)
    let processor = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let fits = parts.first == "fftw-3.3.10-sse2-avx" && processor.contains(" avx ")
    #expect((parts.last == "plans estimated") == !fits, "\(fftwVersion())")
  }

  @Test(arguments: [(2048, 512), (513, 100), (64, 16), (400, 200)])
  func theInverseGivesTheSignalBack(_ size: Int, _ hop: Int) throws {
    let signal = Self.noise(5000)
    let parameters = STFTParameters(nFFT: size, hopLength: hop)
    let back = try inverseSTFT(stft(signal, parameters), parameters, length: signal.count)
    #expect(back.count == signal.count)
    // Single precision, and values up to 1.
    #expect(zip(back, signal).allSatisfy { abs($0 - $1) < 2e-6 })
  }

  @Test func energyIsKept() throws {
    let signal = Self.noise(1024)
    let parameters = STFTParameters(nFFT: 1024, hopLength: 1024, window: try #require(Window(.boxcar)), center: false)
    let spectrum = try Analysis(of: Signal(samples: signal, sampleRate: 8000)).spectrogram(parameters, power: 2)
    let inner = (1..<512).reduce(0.0) { $0 + 2 * Double(spectrum[bin: $1, frame: 0]) }
    let total = inner + Double(spectrum[bin: 0, frame: 0]) + Double(spectrum[bin: 512, frame: 0])
    let energy = signal.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(total / 1024 / energy - 1) < 1e-6)
  }

  @Test func aClickHasAFlatSpectrum() throws {
    var signal = [Float](repeating: 0, count: 64)
    signal[5] = 1
    let parameters = STFTParameters(nFFT: 64, hopLength: 64, window: try #require(Window(.boxcar)), center: false)
    let spectrum = try Analysis(of: Signal(samples: signal, sampleRate: 8000)).spectrogram(parameters)
    #expect((0..<33).allSatisfy { abs(spectrum[bin: $0, frame: 0] - 1) < 1e-6 })
  }

  /// Both precisions, made by two plans.
  @Test func magnitudesAreThoseOfTheComplexSpectrum() throws {
    let analysis = Analysis(of: Signal(samples: Self.noise(3000), sampleRate: 8000))
    let parameters = STFTParameters(nFFT: 300, hopLength: 170, winLength: 200, padMode: .reflect)
    let (magnitudes, complex) = (try analysis.spectrogram(parameters), try analysis.stft(parameters))
    #expect(magnitudes.frames == complex.frames)
    for frame in 0..<complex.frames {
      for bin in 0..<complex.bins {
        let (re, im) = (complex.real(bin: bin, frame: frame), complex.imaginary(bin: bin, frame: frame))
        #expect(abs((re * re + im * im).squareRoot() - magnitudes[bin: bin, frame: frame]) < 2e-5)
      }
    }
  }

  @Test func veryQuietSignalsKeepTheirMagnitudes() throws {
    let signal = Self.noise(64)
    let parameters = STFTParameters(nFFT: 64, hopLength: 64, center: false)
    let loud = try Analysis(of: Signal(samples: signal, sampleRate: 8000)).spectrogram(parameters)
    let scale: Float = 0x1p-80
    let quiet = try Analysis(of: Signal(samples: signal.map { $0 * scale }, sampleRate: 8000)).spectrogram(parameters)
    for bin in 0..<33 { #expect(abs(quiet[bin: bin, frame: 0] / scale - loud[bin: bin, frame: 0]) < 1e-5) }
  }

  @Test func anUnchangedRateKeepsTheSignal() throws {
    let signal = Self.noise(6000)
    let same = try timeStretched(signal, rate: 1)
    #expect(zip(same, signal).allSatisfy { abs($0 - $1) < 5e-3 })
  }

  @Test func padsAsNumPyDoes() {
    let signal: [Float] = [1, 2, 3]
    #expect(padded(signal, left: 4, right: 5, .reflect) == [1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2])
    #expect(padded(signal, left: 4, right: 4, .symmetric) == [3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1])
    #expect(padded(signal, left: 2, right: 4, .wrap) == [2, 3, 1, 2, 3, 1, 2, 3, 1])
    #expect(padded(signal, left: 2, right: 3, .linearRamp) == [0, 0.5, 1, 2, 3, 2, 1, 0])
    #expect(padded(signal, left: 1, right: 1, .mean) == [2, 1, 2, 3, 2])
    #expect(padded([7], left: 2, right: 1, .reflect) == [7, 7, 7, 7])
  }

  @Test func periodicWindowsAddUpToOne() {
    for (window, weight) in [(Window.hann, 1.0), (Window(.bartlett), 1), (Window(.hamming), 1.08)] {
      guard let window else { continue }
      let values = window.values(length: 64, paddedTo: 64)
      for index in 0..<32 { #expect(abs(values[index] + values[index + 32] - weight) < 1e-12) }
    }
  }

  @Test func windowsReadAndWriteTheirJSON() {
    for json: JSONValue in ["hann", ["kaiser", 8.5], ["general_gaussian", 1.5, 90], ["exponential", nil, 3]] {
      #expect(Window(json: json)?.json == json)
    }
    for json: JSONValue in ["kaiser", ["kaiser"], ["hann", 1], ["gaussian", 0], "nothing", true, []] {
      #expect(Window(json: json) == nil)
    }
  }

  @Test func aCosineTransformUndoesItsInverse() throws {
    let analysis = Analysis(of: Signal(samples: Self.noise(3000), sampleRate: 8000))
    let mel = try analysis.melSpectrogram(MelParameters(bank: MelBankParameters(nMels: 20))).decibels()
    let there = CosineTransform(type: 2).apply(to: mel, outputs: 20)
    let back = CosineTransform(type: 3).apply(to: there, outputs: 20)
    #expect(zip(back.compact, mel.compact).allSatisfy { abs($0 - $1) < 1e-3 })
  }
}
