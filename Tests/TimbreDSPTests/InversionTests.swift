import Foundation
import Testing
import TimbreCore
import TimbreDSP

/// Features turned back into sound: mathematics first, then librosa's numbers (Tests/Goldens/make_inverse.py).
@Suite struct InversionTests {
  struct Goldens: Decodable {
    struct Search: Decodable { var n_iter: Int, momentum: Double, samples: [Float] }
    struct Cepstrum: Decodable {
      var dct_type: Int, norm: String?, lifter: Double, coefficients: [Float], bands: [Float]
    }
    struct Bands: Decodable {
      var name: String, n_mels: Int, n_fft: Int, bands: [Float], librosa: [Double], least: [Double]
    }
    var wave: [Float], searches: [Search], cepstra: [Cepstrum], bands: [Bands]
  }

  static let goldens: Goldens? = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Goldens/inverse.json")
    return (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Goldens.self, from: $0) }
  }()

  static func matrix(_ values: [Float], bins: Int) -> Spectrogram {
    Spectrogram(FeatureMatrix(axes: FeatureAxes(bins: (0..<bins).map { "\($0)" }, hop: 1), values: values))
  }

  static func magnitudes(_ signal: [Float], _ parameters: STFTParameters) throws -> Spectrogram {
    try Analysis(of: Signal(samples: signal, sampleRate: 8000)).spectrogram(parameters)
  }

  /// | S − |STFT(y)| | / | S |
  static func convergence(_ wanted: Spectrogram, _ signal: [Float], _ parameters: STFTParameters) throws -> Double {
    let got = try magnitudes(signal, parameters).compact
    let pairs = zip(wanted.compact, got)
    let (off, all) = pairs.reduce((0.0, 0.0)) { sums, pair in
      (sums.0 + Double((pair.0 - pair.1) * (pair.0 - pair.1)), sums.1 + Double(pair.0 * pair.0))
    }
    return (off / all).squareRoot()
  }

  static func difference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / (b.map(abs).max() ?? 1)
  }

  /// The filters as rows of weights: triangles of unit area.
  static func rows(of mel: MelParameters, sampleRate: Int) throws -> [[Double]] {
    let corners = try mel.bank.corners(sampleRate: sampleRate)
    return (0..<mel.bank.nMels).map { index in
      let (low, centre, high) = (corners[index], corners[index + 1], corners[index + 2])
      return mel.stft.frequencies(sampleRate: sampleRate).map { frequency in
        2 / (high - low) * max(0, min((frequency - low) / (centre - low), (high - frequency) / (high - centre)))
      }
    }
  }

  @Test func searchesAgreeWithLibrosa() throws {
    let goldens = try #require(Self.goldens)
    let parameters = STFTParameters(nFFT: 128, hopLength: 32)
    let wanted = try Self.magnitudes(goldens.wave, parameters)
    #expect(goldens.searches.count == 4)
    for search in goldens.searches {
      var options = ResynthesisOptions()
      options.iterations = search.n_iter
      options.momentum = search.momentum
      options.initialPhase = .zero
      options.length = goldens.wave.count
      var random = RandomSource(seed: 0)
      let heard = try griffinLim(wanted, parameters, options: options, random: &random)
      #expect(Self.difference(heard, search.samples) < 1e-4, "\(search.n_iter) rounds")
    }
  }

  @Test func cepstraAgreeWithLibrosa() throws {
    let goldens = try #require(Self.goldens)
    #expect(goldens.cepstra.count == 5)
    for golden in goldens.cepstra {
      let transform = CosineTransform(type: golden.dct_type, ortho: golden.norm == "ortho")
      let bands = try transform.undo(Self.matrix(golden.coefficients, bins: 10), outputs: 24, lifter: golden.lifter)
        .powers()
      #expect(Self.difference(bands.compact, golden.bands) < 1e-4, "type \(golden.dct_type), lifter \(golden.lifter)")
    }
  }

  /// What no spectrum can give stays over, and not a bit more; librosa leaves as much or more.
  @Test func bandsComeAsCloseAsTheyCan() throws {
    let goldens = try #require(Self.goldens)
    #expect(goldens.bands.count == 6)
    for golden in goldens.bands {
      let mel = MelParameters(
        stft: STFTParameters(nFFT: golden.n_fft), power: 1, bank: MelBankParameters(nMels: golden.n_mels))
      let wanted = Self.matrix(golden.bands, bins: golden.n_mels)
      let found = try wanted.magnitudes(fromMel: mel, sampleRate: 8000)
      #expect(found.compact.allSatisfy { $0 >= 0 })
      let rows = try Self.rows(of: mel, sampleRate: 8000)
      for frame in 0..<wanted.frames {
        let (off, all) = (0..<golden.n_mels).reduce((0.0, 0.0)) { sums, band in
          let a = Double(wanted[bin: band, frame: frame])
          let b = rows[band].indices.reduce(0) { $0 + rows[band][$1] * Double(found[bin: $1, frame: frame]) }
          return (sums.0 + (a - b) * (a - b), sums.1 + a * a)
        }
        let left = (off / all).squareRoot()
        #expect(left < golden.least[frame] + 2e-6, "\(golden.n_mels) bands \(golden.name)")
        #expect(left < golden.librosa[frame] + 2e-6)
      }
    }
  }

  @Test(arguments: [ResynthesisOptions.InitialPhase.random, .zero])
  func aToneComesBack(_ phase: ResynthesisOptions.InitialPhase) throws {
    let (rate, pitch) = (8000.0, 437.5)
    let tone = (0..<8000).map { Float(0.5 * sin(2 * .pi * pitch * Double($0) / rate)) }
    let parameters = STFTParameters(nFFT: 512, hopLength: 128)
    var options = ResynthesisOptions()
    options.initialPhase = phase
    options.length = tone.count
    var random = RandomSource(seed: 1)
    let heard = try griffinLim(Self.magnitudes(tone, parameters), parameters, options: options, random: &random)
    #expect(heard.count == tone.count)
    let middle = heard[1600..<6400]
    let energy = middle.reduce(0.0) { $0 + Double($1 * $1) } / Double(middle.count)
    #expect(abs((2 * energy).squareRoot() - 0.5) < 0.01)
    // Random phases may leave a slip or two.
    let rises = zip(middle, middle.dropFirst()).count { $0 < 0 && $1 >= 0 }
    #expect(abs(Double(rises) - pitch * Double(middle.count) / rate) < 3)
  }

  @Test func moreRoundsComeCloser() throws {
    let signal = TransformTests.noise(6000)
    let parameters = STFTParameters(nFFT: 256, hopLength: 64)
    let wanted = try Self.magnitudes(signal, parameters)
    let reached = try [0, 4, 16, 64].map { rounds in
      var options = ResynthesisOptions()
      options.iterations = rounds
      options.length = signal.count
      var random = RandomSource(seed: 5)
      return try Self.convergence(wanted, griffinLim(wanted, parameters, options: options, random: &random), parameters)
    }
    #expect(reached == reached.sorted(by: >))
    #expect(reached[3] < 0.25 * reached[0])
  }

  @Test func aSeedGivesTheSameSoundAndAnotherSeedAnother() throws {
    let signal = TransformTests.noise(2000)
    let parameters = STFTParameters(nFFT: 256, hopLength: 64)
    let wanted = try Self.magnitudes(signal, parameters)
    let sounds = try [UInt64(1), 1, 2].map { seed in
      var random = RandomSource(seed: seed)
      return try griffinLim(wanted, parameters, random: &random)
    }
    #expect(sounds[0] == sounds[1])
    #expect(sounds[0] != sounds[2])
    // Without a length: what the frames cover.
    #expect(sounds[0].count == 64 * (wanted.frames - 1))
  }

  @Test(arguments: [Float(1e-30), 1e-12, 1e25]) func levelDoesNotMatter(_ level: Float) throws {
    let signal = TransformTests.noise(1500)
    let parameters = STFTParameters(nFFT: 256, hopLength: 64)
    let wanted = try Self.magnitudes(signal, parameters)
    let scaled = Self.matrix(wanted.compact.map { $0 * level }, bins: wanted.bins)
    var (one, other) = (RandomSource(seed: 1), RandomSource(seed: 1))
    let plain = try griffinLim(wanted, parameters, random: &one)
    let heard = try griffinLim(scaled, parameters, random: &other)
    #expect(heard.allSatisfy { $0.isFinite })
    let (a, b) = (plain.reduce(0) { $0 + $1 * $1 }, heard.reduce(0) { $0 + ($1 / level) * ($1 / level) })
    #expect(abs(a / b - 1) < 0.05)
  }

  @Test func silenceStaysSilentAndAWrongLengthIsRefused() throws {
    let parameters = STFTParameters(nFFT: 256, hopLength: 64)
    let silence = try Self.magnitudes([Float](repeating: 0, count: 1000), parameters)
    var options = ResynthesisOptions()
    options.length = 1000
    var random = RandomSource(seed: 1)
    #expect(try griffinLim(silence, parameters, options: options, random: &random).allSatisfy { $0 == 0 })
    options.length = 2000
    #expect(throws: Diagnostic.self) { try griffinLim(silence, parameters, options: options, random: &random) }
  }

  @Test func aCoefficientThatLifteringRemovedIsRefused() {
    // 1 + L/2 · sin(3π/L) = 0 at L = 2: the third coefficient is gone.
    let values = [Float](repeating: 1, count: 4)
    #expect(throws: Diagnostic.self) {
      try CosineTransform().undo(Self.matrix(values, bins: 4), outputs: 8, lifter: 2)
    }
  }
}
