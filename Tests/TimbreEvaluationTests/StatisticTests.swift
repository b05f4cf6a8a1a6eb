import Testing
import TimbreCore
import TimbreEvaluation

@Suite struct StatisticTests {
  private func feature(_ values: [Float], bins: Int) -> FeatureMatrix {
    FeatureMatrix(axes: FeatureAxes(bins: (0..<bins).map(String.init), hop: 1), values: values)
  }

  @Test func agreesWithNumPyAndSciPy() throws {
    for item in try Golden.load().pooling {
      let feature = feature(item.values, bins: item.bins)
      for (name, expected) in item.expected {
        let pooled = try Statistic(parsing: name).pool(feature)
        for (ours, theirs) in zip(pooled, expected) {
          // The rounding of the result; skewness and kurtosis of a few nearly equal frames lose more in both libraries.
          let isShape = name == "skewness" || name == "kurtosis"
          let tolerance = isShape ? 1e-5 * max(abs(theirs), 1) : 2e-7 * abs(theirs)
          #expect(
            abs(Double(ours) - theirs) <= tolerance,
            "\(name) of \(item.bins) × \(item.frames): \(ours), reference \(theirs)")
        }
      }
      // NumPy's own single-precision mean errs by its summation, relative to the values rather than to their mean.
      let size = item.values.map { abs(Double($0)) }.max() ?? 0
      for (ours, theirs) in zip(Statistic.mean.pool(feature), item.mean32) {
        #expect(abs(Double(ours) - theirs) <= 1e-6 * max(abs(theirs), size))
      }
    }
  }

  @Test func everyFrameCountIsPooledWhole() {
    // The mean runs four frames at a time: no count may lose its rest.
    for frames in 1...13 {
      let values = (0..<frames).flatMap { [Float($0), Float(2 * $0)] }
      let mean = Float(frames - 1) / 2
      #expect(Statistic.mean.pool(feature(values, bins: 2)) == [mean, 2 * mean])
    }
  }

  @Test func aConstantBinHasNoShape() {
    let constant = feature([Float](repeating: 0.1, count: 100), bins: 2)
    for statistic in [Statistic.std, .skewness, .kurtosis] { #expect(statistic.pool(constant) == [0, 0]) }
  }

  @Test func noFrameGivesZeros() {
    for name in Statistic.plainNames + ["p5"] {
      #expect((try? Statistic(parsing: name).pool(feature([], bins: 3))) == [0, 0, 0])
    }
  }

  @Test func largeValuesStayFinite() throws {
    let values: [Float] = [3e38, -3e38, 3e38, 1e38, -2e38]
    for name in Statistic.plainNames + ["p30"] {
      #expect(try Statistic(parsing: name).pool(feature(values, bins: 1))[0].isFinite, "\(name)")
    }
  }

  @Test(arguments: Statistic.plainNames + ["p0", "p5", "p99.5", "p100"])
  func namesReadBack(_ name: String) throws {
    #expect(try Statistic(parsing: name).name == name)
  }

  @Test(arguments: [
    ("mena", "did you mean \"mean\"?"), ("p", "percentiles"), ("p-1", "percentiles"), ("pnan", "percentiles"),
    ("p1e1", "percentiles"), ("p0x1", "percentiles"), ("", "percentiles"), ("P5", "percentiles"),
    ("p1.2.3", "percentiles"),
  ])
  func unknownNamesAreExplained(_ name: String, _ help: String) {
    let error = #expect(throws: Diagnostic.self) { try Statistic(parsing: name) }
    #expect(error?.kind == .unknownChoice)
    #expect(error?.help?.contains(help) == true, "\(error?.help ?? "")")
  }

  @Test func percentilesEndAt100() {
    let error = #expect(throws: Diagnostic.self) { try Statistic(parsing: "p100.5") }
    #expect(error?.kind == .outOfRange)
  }
}
