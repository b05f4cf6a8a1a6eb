import Foundation
import Testing
import TimbreCore
import TimbreDSP

@Suite struct WindowTests {
  /// A window as JSON, and what SciPy gives (Tests/Goldens/make_windows.py).
  struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    var window: Setting
    var length: Int
    var values: [Double]
    var testDescription: String { "\(window.json) of \(length)" }

    struct Setting: Decodable, Sendable {
      var json: JSONValue

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
          json = .null
        } else if let flag = try? container.decode(Bool.self) {
          json = .bool(flag)
        } else if let number = try? container.decode(Double.self) {
          json = number.json
        } else if let text = try? container.decode(String.self) {
          json = .string(text)
        } else {
          json = .array(try container.decode([Setting].self).map(\.json))
        }
      }
    }
  }

  static let goldens: [Golden] = {
    let file = URL(filePath: #filePath).appending(path: "../../Goldens/windows.json").standardizedFileURL
    return (try? JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))) ?? []
  }()

  struct Settings: PluginConfig {
    var window = Window.hann
    init() {}
  }

  static let spec = PluginSpec<Settings>(
    "feature.window", summary: "A window.", parameters: [.value("window", \.window, "A window.")])

  @Test func goldensAreThere() { #expect(Self.goldens.count > 150) }

  @Test(arguments: goldens) func agreesWithSciPy(_ golden: Golden) throws {
    let window = try #require(Window(json: golden.window.json))
    try window.validate(length: golden.length)
    let values = window.values(length: golden.length)
    #expect(values.count == golden.values.count)
    #expect(zip(values, golden.values).allSatisfy { abs($0 - $1) < 1e-12 })
    // Every name that is read is one that lint lets through, and what is written reads back.
    for json in [golden.window.json, window.json] {
      #expect(try Self.spec.config(from: [.init("window", json)]).window == window)
    }
  }

  @Test func contradictionsAreRefused() {
    for json: JSONValue in [
      ["dpss", 0], ["chebwin"], ["kaiser_bessel_derived", 4], ["taylor", 2.5], ["taylor", 0], ["taylor", 4, -3],
      ["taylor", 4, 30, "yes"], ["general_cosine", 1], ["general_cosine", []], ["exponential_symmetric", 3, 1],
      "hann_sideways", "dpss", ["kaiser", 1e9], ["chebwin", 1e9],
    ] { #expect(Window(json: json) == nil, "\(json)") }
  }

  @Test func lengthsThatAWindowDoesNotHaveAreDiagnosed() throws {
    let wide = try #require(Window(.dpss, [8]))
    let error = #expect(throws: Diagnostic.self) { try STFTParameters(nFFT: 16, window: wide).validate() }
    #expect(error?.message.contains("half bandwidth") == true)
    try STFTParameters(nFFT: 17, window: wide).validate()
    let derived = try #require(Window(.kaiserBesselDerived, [4], isSymmetric: true))
    #expect(throws: Diagnostic.self) { try STFTParameters(nFFT: 64, winLength: 33, window: derived).validate() }
    // Unvalidated, they still have their length.
    #expect(wide.values(length: 16).count == 16)
    #expect(derived.values(length: 33).count == 33)
  }

  /// Princen and Bradley's condition, which the window is made for.
  @Test func squaresOfADerivedWindowAddUpToOne() throws {
    let values = try #require(Window(.kaiserBesselDerived, [4], isSymmetric: true)).values(length: 64)
    for index in 0..<32 {
      let sum = values[index] * values[index] + values[index + 32] * values[index + 32]
      #expect(abs(sum - 1) < 1e-14)
    }
  }

  /// Its sidelobes are all of one height: of the transform of a symmetric window, padded so that peaks are met closely.
  @Test func sidelobesOfAChebyshevWindowAreEqual() throws {
    let window = try #require(Window(.chebwin, [60], isSymmetric: true))
    let samples = (window.values(length: 51) + [Double](repeating: 0, count: 8192 - 51)).map(Float.init)
    let boxcar = try #require(Window(.boxcar))
    let spectrum = try Analysis(of: Signal(samples: samples, sampleRate: 8192))
      .preciseMagnitudes(STFTParameters(nFFT: 8192, hopLength: 8192, window: boxcar, center: false))
    let values = (0..<spectrum.bins).map { spectrum[bin: $0, frame: 0] / spectrum[bin: 0, frame: 0] }
    let peaks = (1..<values.count - 1).filter { values[$0] > values[$0 - 1] && values[$0] > values[$0 + 1] }
    #expect(peaks.count > 15)
    for peak in peaks { #expect(abs(20 * log10(values[peak]) + 60) < 0.05) }
  }

  /// A prolate sequence holds more of its energy within its band than any other window of its length.
  @Test func energyOfAProlateWindowIsWithinItsBand() throws {
    func share(_ window: Window) throws -> Double {
      let samples = (window.values(length: 64) + [Double](repeating: 0, count: 4096 - 64)).map(Float.init)
      let boxcar = try #require(Window(.boxcar))
      let spectrum = try Analysis(of: Signal(samples: samples, sampleRate: 4096))
        .preciseMagnitudes(STFTParameters(nFFT: 4096, hopLength: 4096, window: boxcar, center: false))
      func energy(_ bins: Range<Int>) -> Double {
        bins.reduce(0) {
          $0 + ($1 == 0 ? 0.5 : 1) * Double(spectrum[bin: $1, frame: 0]) * Double(spectrum[bin: $1, frame: 0])
        }
      }
      return energy(0..<128) / energy(0..<2049)
    }
    let prolate = try share(#require(Window(.dpss, [2], isSymmetric: true)))
    #expect(prolate > 0.9998)
    for other in [Window(.hann, isSymmetric: true), Window(.kaiser, [5], isSymmetric: true), Window(.boxcar)] {
      #expect(try share(#require(other)) < prolate)
    }
  }
}
