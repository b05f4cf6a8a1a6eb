/// The linear maps of `FastConvolution` between eight rows of a tile and its values at eight points, and their transposes.
///
/// With points aᵢ and fᵢ = Π(aᵢ − aⱼ), j ≠ i, a tile's outputs are Aᵀ[(G w) ⊙ (Bᵀ d)]: G has rows aᵢʲ / fᵢ, A has rows aᵢʲ, and row
/// i of Bᵀ holds the coefficients of Π(x − aⱼ), j ≠ i. Points ±a share their even and odd halves.
struct TileTransform {
  /// 0, 1, −1, 2, −2, ½, −½, ∞
  static let points = 8

  /// The kernel's size.
  let size: Int
  /// Output rows of a tile.
  let outputs: Int
  private let kernelMap: [Float]

  init(size: Int) {
    self.size = size
    outputs = Self.points + 1 - size
    var map: [Float] = []
    for (point, divisor) in [(0.0, -1.0), (1, -4.5), (-1, -4.5), (2, 90), (-2, 90), (0.5, 1.40625), (-0.5, 1.40625)] {
      var power = 1.0
      for _ in 0..<size {
        map.append(Float(power / divisor))
        power *= point
      }
    }
    map += [Float](repeating: 0, count: size - 1) + [1]
    kernelMap = map
  }

  /// G w for `count` of the channels × filters from `first` on.
  func kernel(_ kernel: Floats, into target: Floats, plane: Int, first: Int, count: Int) {
    for point in 0..<Self.points {
      for index in stride(from: first, to: first + count, by: 4) {
        var sum = Lanes4.zero
        for tap in 0..<size { sum += kernel.load4(tap * plane + index) * kernelMap[point * size + tap] }
        target.store4(point * plane + index, sum)
      }
    }
  }

  /// Gᵀ of the derivative at the points.
  func kernelGradient(_ gradient: Floats, plane: Int, into target: Floats, first: Int, count: Int) {
    for tap in 0..<size {
      for index in stride(from: first, to: first + count, by: 4) {
        var sum = Lanes4.zero
        for point in 0..<Self.points { sum += gradient.load4(point * plane + index) * kernelMap[point * size + tap] }
        target.store4(tap * plane + index, sum)
      }
    }
  }

  /// Bᵀ d for every tile of a sample; rows beyond the ends are zero.
  func input(
    _ source: Floats, _ window: Window, _ channels: Int, zeros: Floats, into target: Floats, plane: Int, tiles: Int
  ) {
    for tile in 0..<tiles {
      let start = tile * outputs - window.before
      @inline(__always)
      func row(_ index: Int) -> Floats {
        let row = start + index
        return row >= 0 && row < window.length ? source.from(row * channels, channels) : zeros
      }
      let (r0, r1, r2, r3) = (row(0), row(1), row(2), row(3))
      let (r4, r5, r6, r7) = (row(4), row(5), row(6), row(7))
      var place = tile * channels
      for channel in stride(from: 0, to: channels, by: 4) {
        let (d1, d2, d3) = (r1.load4(channel), r2.load4(channel), r3.load4(channel))
        let (d4, d5, d6) = (r4.load4(channel), r5.load4(channel), r6.load4(channel))
        target.store4(place, (d2 - d4) * 5.25 + (d6 - r0.load4(channel)))
        target.store4(7 * plane + place, (d3 - d5) * 5.25 + (r7.load4(channel) - d1))
        let even1 = d2 + d6 - d4 * 4.25
        let odd1 = d1 + d5 - d3 * 4.25
        target.store4(plane + place, even1 + odd1)
        target.store4(2 * plane + place, even1 - odd1)
        let even2 = d2 * 0.25 - d4 * 1.25 + d6
        let odd2 = d1 * 0.5 - d3 * 2.5 + d5 * 2
        target.store4(3 * plane + place, even2 + odd2)
        target.store4(4 * plane + place, even2 - odd2)
        let even3 = d2 * 4 - d4 * 5 + d6
        let odd3 = d1 * 2 - d3 * 2.5 + d5 * 0.5
        target.store4(5 * plane + place, even3 + odd3)
        target.store4(6 * plane + place, even3 - odd3)
        place += 4
      }
    }
  }

  /// B û added up over the overlapping tiles of a sample.
  func inputGradient(
    _ source: Floats, plane: Int, tiles: Int, _ window: Window, _ channels: Int, into target: Floats
  ) {
    target.fill(0)
    for tile in 0..<tiles {
      let start = tile * outputs - window.before
      let isInside = start >= 0 && start + Self.points <= window.length
      var place = tile * channels
      for channel in stride(from: 0, to: channels, by: 4) {
        @inline(__always)
        func add(_ index: Int, _ value: Lanes4) {
          let row = start + index
          guard isInside || (row >= 0 && row < window.length) else { return }
          let at = row * channels + channel
          target.store4(at, target.load4(at) + value)
        }
        let (u0, u7) = (source.load4(place), source.load4(7 * plane + place))
        let (p1, m1) = (source.load4(plane + place), source.load4(2 * plane + place))
        let (p2, m2) = (source.load4(3 * plane + place), source.load4(4 * plane + place))
        let (p3, m3) = (source.load4(5 * plane + place), source.load4(6 * plane + place))
        let (even1, even2, even3) = (p1 + m1, p2 + m2, p3 + m3)
        let (odd1, odd2, odd3) = (p1 - m1, p2 - m2, p3 - m3)
        add(0, -u0)
        add(1, odd1 + odd2 * 0.5 + odd3 * 2 - u7)
        add(2, u0 * 5.25 + even1 + even2 * 0.25 + even3 * 4)
        add(3, u7 * 5.25 - odd1 * 4.25 - (odd2 + odd3) * 2.5)
        let sum4: Lanes4 = u0 * 5.25 + even1 * 4.25 + even2 * 1.25 + even3 * 5
        add(4, -sum4)
        add(5, odd1 + odd2 * 2 + odd3 * 0.5 - u7 * 5.25)
        add(6, u0 + even1 + even2 + even3)
        add(7, u7)
        place += 4
      }
    }
  }

  /// Aᵀ of the products at the points, for every tile of a sample.
  func output(_ source: Floats, plane: Int, tiles: Int, _ window: Window, _ filters: Int, into target: Floats) {
    for tile in 0..<tiles {
      let rows = Swift.min(outputs, window.outputs - tile * outputs)
      // With numbers that the compiler knows, kernel 5's loop over rows comes out without branches.
      if rows == 4, outputs == 4 {
        output(source, plane, tile, filters, target, rows: 4, outputs: 4)
      } else {
        output(source, plane, tile, filters, target, rows: rows, outputs: outputs)
      }
    }
  }

  @inline(__always)
  private func output(
    _ source: Floats, _ plane: Int, _ tile: Int, _ filters: Int, _ target: Floats, rows: Int, outputs: Int
  ) {
    var place = tile * filters
    for filter in stride(from: 0, to: filters, by: 4) {
      let (p1, m1) = (source.load4(plane + place), source.load4(2 * plane + place))
      let (p2, m2) = (source.load4(3 * plane + place), source.load4(4 * plane + place))
      let (p3, m3) = (source.load4(5 * plane + place), source.load4(6 * plane + place))
      let (even1, even2, even3) = (p1 + m1, p2 + m2, p3 + m3)
      let (odd1, odd2, odd3) = (p1 - m1, p2 - m2, p3 - m3)
      let at = tile * outputs * filters + filter
      var row = 0
      while row < rows {
        var value = row & 1 == 0 ? even1 : odd1
        value += (row & 1 == 0 ? even2 : odd2) * Float(1 << row)
        value += (row & 1 == 0 ? even3 : odd3) * (1 / Float(1 << row))
        if row == 0 { value += source.load4(place) }
        if row == outputs - 1 { value += source.load4(7 * plane + place) }
        target.store4(at + row * filters, value)
        row += 1
      }
      place += 4
    }
  }

  /// A g for every tile of a sample; rows beyond the end are zero.
  func outputGradient(
    _ source: Floats, _ window: Window, _ filters: Int, into target: Floats, plane: Int, tiles: Int
  ) {
    for tile in 0..<tiles {
      let rows = Swift.min(outputs, window.outputs - tile * outputs)
      if rows == 4, outputs == 4 {
        outputGradient(source, filters, target, plane, tile, rows: 4, outputs: 4)
      } else {
        outputGradient(source, filters, target, plane, tile, rows: rows, outputs: outputs)
      }
    }
  }

  @inline(__always)
  private func outputGradient(
    _ source: Floats, _ filters: Int, _ target: Floats, _ plane: Int, _ tile: Int, rows: Int, outputs: Int
  ) {
    var place = tile * filters
    for filter in stride(from: 0, to: filters, by: 4) {
      let at = tile * outputs * filters + filter
      let first = source.load4(at)
      var (even1, even2, even3) = (first, first, first)
      var (odd1, odd2, odd3) = (Lanes4.zero, Lanes4.zero, Lanes4.zero)
      var last = outputs == 1 ? first : Lanes4.zero
      var row = 1
      while row < rows {
        let value = source.load4(at + row * filters)
        if row & 1 == 0 {
          even1 += value
          even2 += value * Float(1 << row)
          even3 += value * (1 / Float(1 << row))
        } else {
          odd1 += value
          odd2 += value * Float(1 << row)
          odd3 += value * (1 / Float(1 << row))
        }
        if row == outputs - 1 { last = value }
        row += 1
      }
      target.store4(place, first)
      target.store4(plane + place, even1 + odd1)
      target.store4(2 * plane + place, even1 - odd1)
      target.store4(3 * plane + place, even2 + odd2)
      target.store4(4 * plane + place, even2 - odd2)
      target.store4(5 * plane + place, even3 + odd3)
      target.store4(6 * plane + place, even3 - odd3)
      target.store4(7 * plane + place, last)
      place += 4
    }
  }
}
