import Foundation
import Testing
import TimbreCore
import TimbreDSP

/// What the tables of ITU-T G.711 and `scipy.signal.convolve` give (Tests/Goldens/make_augmenters.py).
struct AugmenterGoldens: Decodable {
  struct Companding: Decodable {
    var law: String
    var samples: [Double]
    var codes: [UInt8]
    /// What the codes of one sign stand for, in 1/32,768 of full scale.
    var outputs: [Int]
  }

  var companding: [Companding]
  var convolution: [Double]

  static func read() throws -> AugmenterGoldens {
    let file = URL(filePath: #filePath).appending(path: "../../Goldens/augmenters.json").standardizedFileURL
    return try JSONDecoder().decode(AugmenterGoldens.self, from: Data(contentsOf: file))
  }
}

@Suite struct CompandingTests {
  @Test func agreesWithTheTables() throws {
    let goldens = try AugmenterGoldens.read().companding
    #expect(goldens.count == CompandingLaw.allCases.count)
    for golden in goldens {
      let law = try #require(CompandingLaw(rawValue: golden.law))
      #expect(golden.samples.map { law.encode(Float($0)) } == golden.codes)
      for index in 0..<128 {
        let code = UInt8(index)
        let (plus, minus) = law == .mulaw ? (0xFF - code, 0x7F - code) : ((code | 0x80) ^ 0x55, code ^ 0x55)
        #expect(law.decode(plus) * 32_768 == Float(golden.outputs[index]))
        #expect(law.decode(minus) * 32_768 == -Float(golden.outputs[index]))
      }
    }
  }

  @Test(arguments: CompandingLaw.allCases) func aDecodedCodeHasThatCode(_ law: CompandingLaw) {
    for code in UInt8.min...UInt8.max where !(law == .mulaw && code == 0x7F) {
      #expect(law.encode(law.decode(code)) == code)
    }
    // The negative zero of µ-law.
    #expect(CompandingLaw.mulaw.decode(0x7F) == 0 && CompandingLaw.mulaw.encode(0) == 0xFF)
    #expect(law.decode(law.encode(1e30)) == law.decode(law.encode(1)))
    #expect(law.decode(law.encode(-1e30)) == -law.decode(law.encode(1)))
    #expect(law.encode(.infinity) == law.encode(1) && law.decode(law.encode(.nan)).isFinite)
  }
}

@Suite struct ConvolutionTests {
  static func voice(_ count: Int, _ rate: Double) -> [Float] {
    SecondOrderSectionsTests.voice(count, rate).map(Float.init)
  }

  @Test func agreesWithSciPy() throws {
    let expected = try AugmenterGoldens.read().convolution
    let (a, b) = (Self.voice(150, 8000), Self.voice(41, 3000))
    for result in [convolved(a, with: b), convolved(b, with: a)] {
      #expect(result.count == expected.count)
      #expect(zip(result, expected).allSatisfy { abs(Double($0) - $1) < 3e-6 })
    }
  }

  /// Several blocks, and responses around the sizes of transforms.
  @Test(arguments: [1, 2, 1023, 1024, 1025, 2500]) func agreesWithTheSum(_ length: Int) {
    let a = Self.voice(9000, 8000)
    let b = Self.voice(length, 3000)
    let result = convolved(a, with: b)
    #expect(result.count == 9000 + length - 1)
    for index in stride(from: 0, to: result.count, by: 97) {
      let terms = max(0, index - 8999)...min(index, length - 1)
      let exact = terms.reduce(0.0) { $0 + Double(b[$1]) * Double(a[index - $1]) }
      #expect(abs(Double(result[index]) - exact) < 1e-4)
    }
  }

  @Test func nothingGivesNothing() {
    #expect(convolved([], with: [1, 2]).isEmpty && convolved([1], with: []).isEmpty)
    #expect(convolved([3], with: [2]) == [6])
  }
}

@Suite struct ColoredNoiseTests {
  /// Decibels a hertz in octaves from 250 Hz to 16 kHz.
  private static func octaves(_ noise: [Float]) throws -> [Double] {
    let parameters = STFTParameters(nFFT: 2048, hopLength: 1024)
    let analysis = Analysis(of: Signal(samples: noise, sampleRate: 32_000))
    let spectrum = try analysis.spectrogram(parameters, power: 2)
    return (4..<10).map { octave in
      let bins = (1 << octave)..<(2 << octave)
      let power = bins.reduce(0.0) { sum, bin in
        (0..<spectrum.frames).reduce(sum) { $0 + Double(spectrum[bin: bin, frame: $1]) }
      }
      return 10 * log10(power / Double(bins.count))
    }
  }

  @Test(arguments: [(0.0, 0.0), (-1, -3.01), (-2, -6.02), (1, 3.01), (2, 6.02)])
  func anOctaveUpChangesThePower(_ exponent: Double, _ expected: Double) throws {
    var random = RandomSource(seed: 5)
    let noise = try coloredNoise(count: 500_000, exponent: exponent, sampleRate: 32_000, drawing: &random)
    let octaves = try Self.octaves(noise)
    for (low, high) in zip(octaves, octaves.dropFirst()) {
      // The lowest octave has 16 bins, whose sum of 1/f² is 5 % (0.2 dB) above the integral; chance adds about 0.1 dB.
      #expect(abs(high - low - expected) < 0.35)
    }
    #expect(abs((octaves[5] - octaves[0]) / 5 - expected) < 0.1)
  }

  @Test func hasNoConstantPartAndIsFlatBelowHearing() throws {
    var random = RandomSource(seed: 5)
    let noise = try coloredNoise(count: 1 << 18, exponent: -2, sampleRate: 8000, drawing: &random)
    let (mean, square) = noise.reduce((0.0, 0.0)) { ($0.0 + Double($1), $0.1 + Double($1) * Double($1)) }
    // A whole period of the noise.
    #expect(abs(mean / Double(noise.count)) < 1e-3 * (square / Double(noise.count)).squareRoot())
    // Without the bend at 20 Hz nearly all of the power would lie below 1 Hz, and neighbours 0.01 s apart be nearly equal.
    let apart = zip(noise, noise.dropFirst(80)).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
    #expect(apart > 0.2 * square)
  }

  @Test(arguments: [1, 2, 255, 257]) func anyLengthWorks(_ count: Int) throws {
    var random = RandomSource(seed: 5)
    let noise = try coloredNoise(count: count, exponent: -1, sampleRate: 8000, drawing: &random)
    #expect(noise.count == count && noise.allSatisfy { $0.isFinite && $0 != 0 })
  }
}
