import Foundation
import Testing
import TimbreCore
import TimbreDSP
import TimbreFeatures

@Suite struct FeatureTransformTests {
  /// Two bins, frame t being (t + 1, −10 · (t + 1)).
  private static func ramp(_ frames: Int) -> FeatureMatrix {
    FeatureMatrix(
      axes: FeatureAxes(bins: ["a", "b"], positions: [100, 200], positionUnit: .hertz, hop: 0.5),
      values: (0..<2 * frames).map { index in
        let value = Float(index / 2 + 1)
        return index.isMultiple(of: 2) ? value : -10 * value
      })
  }

  private static func noise(bins: Int, frames: Int) -> FeatureMatrix {
    var random = RandomSource(seed: 5, "noise")
    return FeatureMatrix(
      axes: FeatureAxes(bins: (0..<bins).map { "b\($0)" }, hop: 1),
      values: (0..<bins * frames).map { _ in Float(random.normal()) })
  }

  @Test func memoryShiftsBack() throws {
    var config = StackMemory.Config()
    config.nSteps = 3
    config.delay = 2
    config.constantValues = 7
    let input = Self.ramp(6)
    let stacked = try StackMemory(config).transform(input)
    #expect(stacked.axes.bins == ["a@lag0", "b@lag0", "a@lag2", "b@lag2", "a@lag4", "b@lag4"])
    #expect(stacked.axes.positions == [100, 200, 100, 200, 100, 200])
    for frame in 0..<6 {
      for step in 0..<3 {
        for bin in 0..<2 {
          let source = frame - 2 * step
          #expect(stacked[bin: 2 * step + bin, frame: frame] == (source < 0 ? 7 : input[bin: bin, frame: source]))
        }
      }
    }
  }

  @Test func memoryShiftsForwardWithNegativeDelays() throws {
    var config = StackMemory.Config()
    config.delay = -1
    config.mode = .edge
    let stacked = try StackMemory(config).transform(Self.ramp(3))
    #expect(stacked.axes.bins == ["a@lag0", "b@lag0", "a@lag-1", "b@lag-1"])
    #expect(stacked.values == [1, -10, 2, -20, 2, -20, 3, -30, 3, -30, 3, -30])
  }

  @Test func namesStayUniqueWhenMemoryIsStackedTwice() throws {
    let twice = try StackMemory(.init()).axes(of: StackMemory(.init()).axes(of: Self.ramp(3).axes))
    #expect(twice.bins.count == 8)
    #expect(Set(twice.bins).count == 8)
  }

  @Test func powersOfTenAreTensOfDecibels() {
    let powers = FeatureMatrix(
      axes: FeatureAxes(bins: ["x"], hop: 1), values: (-6...3).map { Float(pow(10, Double($0))) })
    let levels = PowerToDB(.init()).transform(powers)
    #expect(levels.axes.valueUnit == .decibels)
    for (index, k) in (-6...3).enumerated() {
      // −60 dB are more than 80 dB under +30 dB.
      let level = max(10 * Float(k), -50)
      #expect(abs(levels.values[index] - level) < 1e-5)
    }
    let doubled = AmplitudeToDB(.init()).transform(powers)
    // −120 dB are more than 80 dB under +60 dB.
    for (index, k) in (-6...3).enumerated() {
      let level = max(20 * Float(k), -20)
      #expect(abs(doubled.values[index] - level) < 1e-5)
    }
  }

  @Test func theReferenceIsZeroDecibels() throws {
    var config = PowerToDB.Config()
    config.ref = .aggregate(.max)
    config.topDB = 15
    let input = FeatureMatrix(axes: FeatureAxes(bins: ["x", "y", "z"], hop: 1), values: [0.37, 0.037, 0])
    let levels = PowerToDB(config).transform(input)
    #expect(levels.values[0] == 0)
    #expect(abs(levels.values[1] + 10) < 1e-5)
    #expect(levels.values[2] == -15)
  }

  @Test(arguments: [1.0, 2, 0.5, 3.5]) func normsBecomeOne(_ p: Double) throws {
    var config = Normalize.Config()
    config.norm = .power(p)
    let input = Self.noise(bins: 7, frames: 11)
    func length(_ values: [Float]) -> Double {
      var sum = 0.0
      for value in values { sum += pow(Double(abs(value)), p) }
      return pow(sum, 1 / p)
    }
    for (axis, groups) in [(NormAxis.bins, 11), (.frames, 7), (.all, 1)] {
      config.axis = axis
      let result = try Normalize(config).transform(input)
      for group in 0..<groups {
        let values: [Float] =
          switch axis {
          case .bins: (0..<7).map { result[bin: $0, frame: group] }
          case .frames: (0..<11).map { result[bin: group, frame: $0] }
          case .all: result.values
          }
        #expect(abs(length(values) - 1) < 1e-5)
      }
    }
  }

  @Test func smallNormsAreFilled() throws {
    var config = Normalize.Config()
    config.norm = .power(2)
    config.threshold = 1
    let input = FeatureMatrix(axes: FeatureAxes(bins: ["x", "y"], hop: 1), values: [0.1, 0.2, 3, 4])
    #expect(try Normalize(config).transform(input).values == [0.1, 0.2, 0.6, 0.8])
    config.fill = false
    #expect(try Normalize(config).transform(input).values == [0, 0, 0.6, 0.8])
    config.fill = true
    let filled = try Normalize(config).transform(input).values
    #expect(abs(filled[0] - Float(0.5).squareRoot()) < 1e-6)
    #expect(filled[1] == filled[0])
    config.norm = .power(0)
    #expect(throws: Diagnostic.self) { try Normalize(config) }
    config = .init()
    config.norm = .negativeInfinity
    let far = FeatureMatrix(axes: FeatureAxes(bins: ["x", "y"], hop: 1), values: [1e-30, 1e30])
    #expect(throws: Diagnostic.self) { try Normalize(config).transform(far) }
  }

  @Test func whatRecursSurvivesTheFilter() throws {
    // Two frames in turn, with a little noise: the filter takes the noise away, and what happens once.
    func pattern(_ index: Int) -> Float {
      let size = Float(1 + index % 4)
      return (index / 4).isMultiple(of: 2) ? size : -size
    }
    var input = Self.noise(bins: 4, frames: 60)
    for index in input.values.indices { input.values[index] = 0.01 * input.values[index] + pattern(index) }
    input.values[4 * 31] = 5
    var config = NNFilter.Config()
    config.recurrence.k = 8
    config.recurrence.mode = .affinity
    config.aggregate = .median
    let filtered = try NNFilter(config).transform(input)
    for index in filtered.values.indices {
      #expect(abs(filtered.values[index] - pattern(index)) < 0.03)
    }
  }

  @Test func onlyMutualNeighboursCountWhenSymmetric() throws {
    // The last point is far off: others are its nearest, it is nobody's.
    var values: [Float] = (0..<12).map { Float($0) }
    values[11] = 100
    let input = FeatureMatrix(axes: FeatureAxes(bins: ["x"], hop: 1), values: values)
    var config = NNFilter.Config()
    config.recurrence.k = 2
    config.recurrence.mode = .distance
    #expect(try NNFilter(config).transform(input).values[11] == 9.5)
    config.recurrence.sym = true
    #expect(try NNFilter(config).transform(input).values[11] == 100)
  }

  @Test func whatCannotBeDoneIsDiagnosed() {
    var memory = StackMemory.Config()
    memory.delay = 0
    #expect(throws: Diagnostic.self) { try StackMemory(memory) }
    memory = .init()
    memory.nSteps = 4096
    let many = FeatureAxes(bins: (0..<1000).map { "b\($0)" }, hop: 1)
    #expect(throws: Diagnostic.self) { try StackMemory(memory).axes(of: many) }
    let error = #expect(throws: Diagnostic.self) { try NNFilter(.init()).transform(Self.ramp(4)) }
    #expect(error?.kind == .shortAudio)
  }
}
