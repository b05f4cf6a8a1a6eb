/// The linear maps of `FastConvolution` between ten rows of a tile and its values at ten points, and their transposes.
///
/// With points aᵢ and fᵢ = Π(aᵢ − aⱼ), j ≠ i, a tile's outputs are Aᵀ[(G w) ⊙ (Bᵀ d)]: G has rows aᵢʲ / fᵢ, A has rows aᵢʲ, and row
/// i of Bᵀ holds the coefficients of Π(x − aⱼ), j ≠ i. Points ±a share their even and odd halves. Of the points whose coefficients
/// are exact in single precision, these round least: numbers of a kernel of five err by 6e-6 of the largest, by 3e-6 with the
/// usual eight points 0, ±1, ±2, ±½ and ∞.
struct TileTransform {
  /// 0, ½, −½, ¾, −¾, 5/4, −5/4, 2, −2, ∞
  static let points = 10

  /// The points ±`at`, and Π(y − b²) = y³ + q2·y² + q1·y + q0 over the other three pairs ±b.
  private struct Pair {
    let at, q0, q1, q2: Float
  }
  // Functions rather than stored: as literals they come out of the loops as constants.
  @inline(__always)
  private static func pair(_ number: Int) -> Pair {
    switch number {
    case 0: Pair(at: 0.5, q0: -3.515625, q1: 9.37890625, q2: -6.125)
    case 1: Pair(at: 0.75, q0: -1.5625, q1: 7.640625, q2: -5.8125)
    case 2: Pair(at: 1.25, q0: -0.5625, q1: 3.390625, q2: -4.8125)
    default: Pair(at: 2, q0: -0.2197265625, q1: 1.41015625, q2: -2.375)
    }
  }
  /// Π(y − b²) = y⁴ + c3·y³ + c2·y² + c1·y + c0 over all four pairs.
  @inline(__always)
  private static var all: (c0: Float, c1: Float, c2: Float, c3: Float) {
    (0.87890625, -5.8603515625, 10.91015625, -6.375)
  }

  /// The kernel's size.
  let size: Int
  /// Output rows of a tile.
  let outputs: Int
  /// 1 / fᵢ of point 0 and of each pair.
  private let scales: [Float]

  init(size: Int) {
    self.size = size
    outputs = Self.points + 1 - size
    scales =
      [Float(1 / Double(Self.all.c0))]
      + (0..<4).map { number in
        let pair = Self.pair(number)
        let square = Double(pair.at) * Double(pair.at)
        let others = ((square + Double(pair.q2)) * square + Double(pair.q1)) * square + Double(pair.q0)
        return Float(1 / (2 * square * others))
      }
  }

  /// G w at every point, for eight numbers of each tap.
  @inline(__always)
  func kernel(_ tap: (_ number: Int) -> Lanes8, _ take: (_ point: Int, _ value: Lanes8) -> Void) {
    let (w0, w1, w2) = (tap(0), tap(1), tap(2))
    let (w3, w4, w5) = (size > 3 ? tap(3) : .zero, size > 4 ? tap(4) : .zero, size > 5 ? tap(5) : .zero)
    @inline(__always)
    func pair(_ number: Int, _ scale: Float) {
      let point = Self.pair(number).at
      let even = w0.adding(w2.adding(w4, times: point * point), times: point * point)
      let odd = w1.adding(w3.adding(w5, times: point * point), times: point * point)
      take(2 * number + 1, even.adding(odd, times: point) * scale)
      take(2 * number + 2, even.adding(odd, times: -point) * scale)
    }
    take(0, w0 * scales[0])
    pair(0, scales[1])
    pair(1, scales[2])
    pair(2, scales[3])
    pair(3, scales[4])
    take(9, tap(size - 1))
  }

  /// Gᵀ of the derivative at the points, whose numbers lie `from` apart, into the taps, `plane` apart.
  func kernelGradient(_ gradient: Floats, from: Int, into target: Floats, plane: Int, first: Int, count: Int) {
    for index in stride(from: first, to: first + count, by: 8) {
      @inline(__always)
      func halves(_ number: Int) -> (even: Lanes8, odd: Lanes8) {
        let scale = scales[number + 1]
        let plus = gradient.load8((2 * number + 1) * from + index) * scale
        let minus = gradient.load8((2 * number + 2) * from + index) * scale
        return (plus + minus, (plus - minus) * Self.pair(number).at)
      }
      let ((even0, odd0), (even1, odd1)) = (halves(0), halves(1))
      let ((even2, odd2), (even3, odd3)) = (halves(2), halves(3))
      var (a0, a1, a2, a3) = (Float(1), Float(1), Float(1), Float(1))
      for tap in 0..<size {
        let isOdd = tap & 1 == 1
        var sum = (isOdd ? odd0 : even0) * a0
        sum = sum.adding(isOdd ? odd1 : even1, times: a1)
        sum = sum.adding(isOdd ? odd2 : even2, times: a2)
        sum = sum.adding(isOdd ? odd3 : even3, times: a3)
        if tap == 0 { sum = sum.adding(gradient.load8(index), times: scales[0]) }
        if tap == size - 1 { sum += gradient.load8(9 * from + index) }
        target.store8(tap * plane + index, sum)
        if isOdd { (a0, a1, a2, a3) = (a0 * 0.25, a1 * 0.5625, a2 * 1.5625, a3 * 4) }
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
      let (r0, r1, r2, r3, r4) = (row(0), row(1), row(2), row(3), row(4))
      let (r5, r6, r7, r8, r9) = (row(5), row(6), row(7), row(8), row(9))
      let (c0, c1, c2, c3) = Self.all
      var place = tile * channels
      for channel in stride(from: 0, to: channels, by: 8) {
        let (d1, d2, d3, d4) = (r1.load8(channel), r2.load8(channel), r3.load8(channel), r4.load8(channel))
        let (d5, d6, d7, d8) = (r5.load8(channel), r6.load8(channel), r7.load8(channel), r8.load8(channel))
        let first = d8.adding(d6, times: c3).adding(d4, times: c2).adding(d2, times: c1)
        target.store8(place, first.adding(r0.load8(channel), times: c0))
        let last = r9.load8(channel).adding(d7, times: c3).adding(d5, times: c2).adding(d3, times: c1)
        target.store8(9 * plane + place, last.adding(d1, times: c0))
        @inline(__always)
        func pair(_ number: Int) {
          let pair = Self.pair(number)
          let even = d8.adding(d6, times: pair.q2).adding(d4, times: pair.q1).adding(d2, times: pair.q0)
          let odd = d7.adding(d5, times: pair.q2).adding(d3, times: pair.q1).adding(d1, times: pair.q0)
          target.store8((2 * number + 1) * plane + place, even.adding(odd, times: pair.at))
          target.store8((2 * number + 2) * plane + place, even.adding(odd, times: -pair.at))
        }
        pair(0)
        pair(1)
        pair(2)
        pair(3)
        place += 8
      }
    }
  }

  /// B û added up over the overlapping tiles of a sample.
  func inputGradient(
    _ source: Floats, plane: Int, tiles: Int, _ window: Window, _ channels: Int, into target: Floats
  ) {
    let (c0, c1, c2, c3) = Self.all
    for tile in 0..<tiles {
      let start = tile * outputs - window.before
      let isInside = start >= 0 && start + Self.points <= window.length
      // Rows that the tile before has reached already.
      let shared = tile == 0 ? 0 : size - 1
      var place = tile * channels
      for channel in stride(from: 0, to: channels, by: 8) {
        @inline(__always)
        func put(_ index: Int, _ value: Lanes8) {
          let row = start + index
          guard isInside || (row >= 0 && row < window.length) else { return }
          let at = row * channels + channel
          target.store8(at, index < shared ? target.load8(at) + value : value)
        }
        let (u0, u9) = (source.load8(place), source.load8(9 * plane + place))
        var (even1, even2, even3, even4) = (u0 * c1, u0 * c2, u0 * c3, u0)
        var (odd1, odd2, odd3, odd4) = (u9 * c0, u9 * c1, u9 * c2, u9 * c3)
        @inline(__always)
        func pair(_ number: Int) {
          let pair = Self.pair(number)
          let plus = source.load8((2 * number + 1) * plane + place)
          let minus = source.load8((2 * number + 2) * plane + place)
          let (sum, difference) = (plus + minus, (plus - minus) * pair.at)
          even1 = even1.adding(sum, times: pair.q0)
          even2 = even2.adding(sum, times: pair.q1)
          even3 = even3.adding(sum, times: pair.q2)
          even4 += sum
          odd1 = odd1.adding(difference, times: pair.q0)
          odd2 = odd2.adding(difference, times: pair.q1)
          odd3 = odd3.adding(difference, times: pair.q2)
          odd4 += difference
        }
        pair(0)
        pair(1)
        pair(2)
        pair(3)
        put(0, u0 * c0)
        put(1, odd1)
        put(2, even1)
        put(3, odd2)
        put(4, even2)
        put(5, odd3)
        put(6, even3)
        put(7, odd4)
        put(8, even4)
        put(9, u9)
        place += 8
      }
    }
  }

  /// Aᵀ of the products at the points, for every tile of a sample.
  func output(
    _ source: Floats, plane: Int, tiles: Int, _ window: Window, _ filters: Int, into target: Floats
  ) {
    for tile in 0..<tiles {
      let rows = Swift.min(outputs, window.outputs - tile * outputs)
      var place = tile * filters
      for filter in stride(from: 0, to: filters, by: 8) {
        var at = tile * outputs * filters + filter
        let (even1, odd1) = halves(source, plane, place, 0)
        let (even2, odd2) = halves(source, plane, place, 1)
        let (even3, odd3) = halves(source, plane, place, 2)
        let (even4, odd4) = halves(source, plane, place, 3)
        // The powers of the points by which the halves count in this row.
        var (a1, a2, a3, a4) = (Float(1), Float(1), Float(1), Float(1))
        var row = 0
        while row < rows {
          let isOdd = row & 1 == 1
          var value = (isOdd ? odd1 : even1) * a1
          value = value.adding(isOdd ? odd2 : even2, times: a2)
          value = value.adding(isOdd ? odd3 : even3, times: a3)
          value = value.adding(isOdd ? odd4 : even4, times: a4)
          if row == 0 { value += source.load8(place) }
          if row == outputs - 1 { value += source.load8(9 * plane + place) }
          target.store8(at, value)
          if isOdd { (a1, a2, a3, a4) = (a1 * 0.25, a2 * 0.5625, a3 * 1.5625, a4 * 4) }
          at += filters
          row += 1
        }
        place += 8
      }
    }
  }

  /// The sum of the values at ±a, and their difference times a.
  @inline(__always)
  private func halves(_ source: Floats, _ plane: Int, _ place: Int, _ number: Int) -> (even: Lanes8, odd: Lanes8) {
    let plus = source.load8((2 * number + 1) * plane + place)
    let minus = source.load8((2 * number + 2) * plane + place)
    return (plus + minus, (plus - minus) * Self.pair(number).at)
  }

  /// A g for every tile of a sample; rows beyond the end are zero.
  func outputGradient(
    _ source: Floats, _ window: Window, _ filters: Int, into target: Floats, plane: Int, tiles: Int
  ) {
    for tile in 0..<tiles {
      let rows = Swift.min(outputs, window.outputs - tile * outputs)
      var place = tile * filters
      for filter in stride(from: 0, to: filters, by: 8) {
        let at = tile * outputs * filters + filter
        // Horner's scheme in a², from the last row on, for rows of even and odd number apart.
        var (even1, even2, even3, even4) = (Lanes8.zero, Lanes8.zero, Lanes8.zero, Lanes8.zero)
        var (odd1, odd2, odd3, odd4) = (Lanes8.zero, Lanes8.zero, Lanes8.zero, Lanes8.zero)
        var row = rows - 1
        while row >= 0 {
          let value = source.load8(at + row * filters)
          if row & 1 == 0 {
            even1 = value.adding(even1, times: 0.25)
            even2 = value.adding(even2, times: 0.5625)
            even3 = value.adding(even3, times: 1.5625)
            even4 = value.adding(even4, times: 4)
          } else {
            odd1 = value.adding(odd1, times: 0.25)
            odd2 = value.adding(odd2, times: 0.5625)
            odd3 = value.adding(odd3, times: 1.5625)
            odd4 = value.adding(odd4, times: 4)
          }
          row -= 1
        }
        @inline(__always)
        func pair(_ number: Int, _ even: Lanes8, _ odd: Lanes8) {
          let point = Self.pair(number).at
          target.store8((2 * number + 1) * plane + place, even.adding(odd, times: point))
          target.store8((2 * number + 2) * plane + place, even.adding(odd, times: -point))
        }
        target.store8(place, source.load8(at))
        pair(0, even1, odd1)
        pair(1, even2, odd2)
        pair(2, even3, odd3)
        pair(3, even4, odd4)
        let isWhole = rows == outputs
        target.store8(9 * plane + place, isWhole ? source.load8(at + (outputs - 1) * filters) : .zero)
        place += 8
      }
    }
  }
}
