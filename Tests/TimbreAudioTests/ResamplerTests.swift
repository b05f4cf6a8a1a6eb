import Foundation
import Testing
import TimbreAudio
import TimbreCore

@Suite struct ResamplerTests {
  // 1e-5 is the promise; builds of the libraries for other processors differ by about 1e-6.
  @Test func matchesLibrosa() throws {
    let goldens = try Goldens.read().resampling
    #expect(goldens.count == 56)
    for golden in goldens {
      let type = try #require(ResamplerType(rawValue: golden.type))
      let ours = try Resampler.resample(
        formulaSignal(golden.count), from: golden.from, to: golden.to, type: type, scale: golden.scale)
      let name = Comment(rawValue: "\(golden.type) \(golden.from) to \(golden.to)")
      #expect(ours.count == golden.length, name)
      #expect(worst(ours, step: golden.step, golden.samples) <= 1e-5, name)
      #expect(abs(energy(ours) - golden.energy) <= 1e-5 * golden.energy + 1e-9, name)
      #expect(abs(moment(ours) - golden.moment) <= 1e-5 * Double(ours.count).squareRoot() + 1e-6, name)
    }
  }

  @Test(arguments: ResamplerType.allCases)
  func keepsASineInPlace(type: ResamplerType) throws {
    let sine = (0..<9600).map { Float(sin(2 * .pi * 440 * Double($0) / 48_000)) }
    let ours = try Resampler.resample(sine, from: 48_000, to: 22_050, type: type)
    #expect(ours.count == 4410)
    // Away from the ends, where filters see silence. Cubic interpolation is the roughest: its error at 440 Hz is 1e-4.
    let limit = type == .soxrQQ ? 2e-3 : 3e-4
    for index in 1000..<3400 {
      let error = abs(Double(ours[index]) - sin(2 * .pi * 440 * Double(index) / 22_050))
      #expect(error < limit)
    }
  }

  @Test func hasTheLengthOfLibrosaForAnyRates() throws {
    var random = RandomSource(seed: 3, "lengths")
    for _ in 0..<200 {
      let count = 1 + random.index(below: 900)
      let from = random.uniform(4000, 96_000)
      let to = random.uniform(4000, 96_000)
      let type = ResamplerType.allCases[random.index(below: 7)]
      let ours = try Resampler.resample(formulaSignal(count), from: from, to: to, type: type)
      #expect(ours.count == Int((Double(count) * (to / from)).rounded(.up)))
      let isFinite = ours.allSatisfy { $0.isFinite }
      #expect(isFinite)
    }
  }

  @Test func leavesEqualRatesAndSilenceAlone() throws {
    let signal = formulaSignal(500)
    #expect(try Resampler.resample(signal, from: 8000, to: 8000, scale: true) == signal)
    #expect(try Resampler.resample([], from: 8000, to: 16_000).isEmpty)
    #expect(try Resampler.resample([0, 0, 0], from: 8000, to: 16_000) == [Float](repeating: 0, count: 6))
  }

  @Test func doesNotDependOnThreads() async throws {
    let signal = formulaSignal(20_000)
    for type in [ResamplerType.soxrVHQ, .soxrHQ, .soxrLQ, .sincFastest] {
      let alone = try Resampler.resample(signal, from: 44_100, to: 16_000, type: type)
      try await withThrowingTaskGroup(of: [Float].self) { group in
        for index in 0..<12 {
          group.addTask {
            // Neighbours with other rates fill the libraries' shared tables at the same time.
            _ = try Resampler.resample(signal, from: 44_100, to: Double(9000 + 517 * index), type: type)
            return try Resampler.resample(signal, from: 44_100, to: 16_000, type: type)
          }
        }
        for try await result in group { #expect(result == alone) }
      }
    }
  }

  @Test(arguments: [(0.0, 8000.0), (8000, -1), (.nan, 8000), (8000, .infinity), (1, 100_000), (1e9, 1)])
  func refusesImpossibleRates(from: Double, to: Double) throws {
    for type in [ResamplerType.soxrHQ, .sincBest] {
      let found = diagnostic { _ = try Resampler.resample([1, 2, 3], from: from, to: to, type: type) }
      #expect(found?.kind == .outOfRange)
    }
  }
}
