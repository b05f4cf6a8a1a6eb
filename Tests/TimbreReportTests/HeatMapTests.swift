import Testing
import TimbreCore
import TimbreReport

@Suite struct HeatMapTests {
  private func feature(bins: Int, frames: Int, _ value: (Int, Int) -> Float) -> FeatureMatrix {
    var values: [Float] = []
    for frame in 0..<frames { for bin in 0..<bins { values.append(value(bin, frame)) } }
    return FeatureMatrix(axes: FeatureAxes(bins: (0..<bins).map { "b\($0)" }, hop: 0.01), values: values)
  }

  @Test func pngReadsBack() throws {
    let image = HeatMap.image(Sample.mel())
    let (width, height, rgb) = try PNG.decode(PNG.encode(image))
    #expect((width, height) == (image.width, image.height))
    let expected = image.pixels.flatMap {
      [image.palette[Int($0)].red, image.palette[Int($0)].green, image.palette[Int($0)].blue]
    }
    #expect(rgb == expected)
    let bytes = try HeatMap.png(Sample.mel())
    #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(bytes == (try HeatMap.png(Sample.mel())), "the same feature gives the same bytes")
  }

  @Test func noiseFitsItsBuffer() throws {
    var random = RandomSource(seed: 1)
    var image = IndexedImage(width: 301, height: 203, palette: ColorMap.viridis.colors(256))
    for index in image.pixels.indices { image.pixels[index] = UInt8(random.uniform(0, 256)) }
    let (width, height, rgb) = try PNG.decode(PNG.encode(image))
    #expect((width, height, rgb.count) == (301, 203, 3 * 301 * 203))
    #expect(throws: Diagnostic.self) { try PNG.decode(Array(PNG.encode(image).prefix(500))) }
    #expect(throws: Diagnostic.self) { try PNG.decode([]) }
  }

  @Test func lowBinsAreAtTheBottomAndTimeRunsRight() {
    let map = ColorMap.magma.colors(251)
    /// The rectangle of the brightest colour in a picture where one corner is large; the colour bar is left out.
    func brightest(_ hot: (bin: Int, frame: Int)) -> (x: Int, y: Int, image: IndexedImage) {
      let image = HeatMap.image(
        feature(bins: 4, frames: 10) { $0 == hot.bin && $1 == hot.frame ? 1 : 0 }, options: .init(scale: .linear))
      var sum = (x: 0, y: 0, count: 0)
      for y in 0..<image.height {
        for x in 0..<(image.width * 3 / 4) where image.palette[Int(image.pixels[y * image.width + x])] == map[250] {
          sum = (sum.x + x, sum.y + y, sum.count + 1)
        }
      }
      return (sum.x / max(1, sum.count), sum.y / max(1, sum.count), image)
    }
    let first = brightest((0, 0))
    let high = brightest((3, 0))
    let late = brightest((0, 8))
    #expect(first.y > high.y + 40, "bin 0 lies below bin 3")
    #expect(late.x > first.x + 400, "frame 8 lies right of frame 0")
    #expect(first.x == high.x && first.y == late.y)
  }

  @Test(arguments: [
    (1, 1), (1, 0), (4, 0), (1, 3), (2, 1), (1_025, 1), (1, 20_000), (1_025, 3_000), (3, 5_000),
  ])
  func everyShapeIsDrawn(bins: Int, frames: Int) throws {
    let feature = feature(bins: bins, frames: frames) { Float($0) - Float($1) / 7 }
    let image = HeatMap.image(feature, options: .init(title: "x"))
    #expect(
      (200...1_600).contains(image.width) && (100...800).contains(image.height), "\(image.width) × \(image.height)")
    _ = try PNG.decode(HeatMap.png(feature))
    try expectWellFormed(HeatMap.svg(feature).standalone)
  }

  @Test func valuesThatAreNotFiniteAreDrawnGrey() throws {
    let odd: [Float] = [
      .nan, .infinity, -.infinity, 0, 1e38, -1e38, Float.leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    for bins in [1, 8] {
      let mixed = feature(bins: bins, frames: 64) { odd[($0 + $1 * 3) % 8] }
      let none = feature(bins: bins, frames: 9) { _, _ in .nan }
      for feature in [mixed, none, feature(bins: bins, frames: 9) { _, _ in 0 }] {
        for scale in [HeatMap.Scale.automatic, .linear, .decibels] {
          _ = try PNG.decode(HeatMap.png(feature, options: .init(scale: scale)))
          try expectWellFormed(HeatMap.svg(feature, options: .init(scale: scale)).standalone)
        }
      }
    }
    let image = HeatMap.image(feature(bins: 2, frames: 4) { bin, frame in bin == 0 ? .nan : Float(frame) })
    #expect(image.pixels.count { $0 == 3 } == 720 * 80 / 2, "half of the plot is missing values")
  }

  @Test func axesThatMakeNoSenseAreDrawn() throws {
    for hop in [0, -1, Double.nan, .infinity, 1e-300, 1e300] {
      var feature = feature(bins: 20, frames: 30) { Float($0 + $1) }
      feature.axes.hop = hop
      feature.axes.start = hop
      feature.axes.positions = (0..<20).map { Double($0) * hop }
      feature.axes.positionUnit = .hertz
      _ = try HeatMap.png(feature)
      try expectWellFormed(HeatMap.svg(feature).standalone)
    }
  }

  @Test func wideFeaturesKeepTheirPeaks() {
    // One loud frame among 12,000 must not vanish when ten frames share a pixel.
    let image = HeatMap.image(
      feature(bins: 2, frames: 12_000) { $0 == 1 && $1 == 6_005 ? 1 : 0.2 }, options: .init(scale: .linear))
    let brightest = ColorMap.magma.colors(251)[250]
    let inPlot = (0..<image.height).contains { y in
      (image.width / 3..<image.width * 2 / 3).contains {
        image.palette[Int(image.pixels[y * image.width + $0])] == brightest
      }
    }
    #expect(inPlot)
    #expect(image.width <= 1_600)
  }

  @Test func oneExtremeBinLeavesColorsToTheOthers() throws {
    // Like MFCCs: the first lies far below the rest, which vary around zero.
    let feature = feature(bins: 20, frames: 60) { $0 == 0 ? -600 : Float(($1 * 7 + $0 * 3) % 11) - 5 }
    let image = HeatMap.image(feature)
    let colors = Set(
      image.pixels.indices.filter { $0 % image.width < image.width * 3 / 4 }.map { image.pixels[$0] }.filter { $0 > 4 })
    #expect(colors.count >= 11, "each of eleven values has its own colour")
    let steps = colors.sorted().dropFirst()
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $1 - $0 >= 3 }, "and neighbours differ visibly")
    #expect(try HeatMap.svg(feature).inline.contains("≤ "), "the colour bar says that it ends above the lowest value")
    #expect(try !HeatMap.svg(Sample.chroma()).inline.contains("≤ "))
  }

  @Test func colorMapsRiseInLightness() {
    for map in [ColorMap.magma, .viridis] {
      let colors = map.colors(256)
      let lightness = colors.map { 0.2126 * Double($0.red) + 0.7152 * Double($0.green) + 0.0722 * Double($0.blue) }
      #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $1 > $0 - 0.51 }, "no step back beyond rounding")
    }
    #expect(ColorMap.viridis.colors(10)[0] == RGB(0x440154) && ColorMap.viridis.colors(10)[9] == RGB(0xFDE725))
  }
}
