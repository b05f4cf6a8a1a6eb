import RealModule

/// The same sample of four frames: what is done to it is done to each, so that a frame's result does not depend on its company.
package typealias Lane = SIMD4<Float>

/// The transform of `length` real samples of four frames at once, both ways, without scaling, in single precision.
///
/// Its additions and multiplications are those of SciPy's transform (pocketfft's `rfftp`) in their order: YIN compares numbers
/// that differ by the rounding of the transform, and the other choice is another pitch. Lengths have no prime factor beyond 5.
package struct LaneTransform: Sendable {
  let length: Int
  private let steps: [Step]

  private struct Step {
    var radix: Int
    /// How many transforms of the rest there are within each group, and how many groups.
    var ido: Int
    var l1: Int
    /// Pairs of cosine and sine, `ido − 1` numbers for each but the first of the `radix` inputs.
    var twiddles: [Float]
  }

  private static let cache = Cache<Int, LaneTransform>(limit: 64)
  package static func of(length: Int) -> LaneTransform { cache.value(for: length) { LaneTransform(length: length) } }

  /// The least length of at least `count` that the transform takes: `scipy.fft.next_fast_len` for real input.
  package static func fastLength(_ count: Int) -> Int {
    var best = Int.max
    var fives = 1
    while fives < 5 * count {
      var threes = fives
      while threes < 3 * count {
        var length = threes
        while length < count { length *= 2 }
        best = min(best, length)
        threes *= 3
      }
      fives *= 5
    }
    return best
  }

  private init(length: Int) {
    self.length = length
    var radices: [Int] = []
    var rest = length
    while rest.isMultiple(of: 4) {
      radices.append(4)
      rest /= 4
    }
    if rest.isMultiple(of: 2) {
      rest /= 2
      radices.append(2)
      radices.swapAt(0, radices.count - 1)
    }
    for radix in [3, 5] {
      while rest.isMultiple(of: radix) {
        radices.append(radix)
        rest /= radix
      }
    }
    precondition(rest == 1, "lengths are products of 2, 3 and 5")
    var l1 = 1
    steps = radices.map { radix in
      let ido = length / (l1 * radix)
      var twiddles = [Float](repeating: 0, count: max(1, (radix - 1) * (ido - 1)))
      for input in 1..<radix {
        for i in stride(from: 1, through: (ido - 1) / 2, by: 1) {
          let (cosine, sine) = onCircle(input * l1 * i, of: length)
          twiddles[(input - 1) * (ido - 1) + 2 * i - 2] = Float(cosine)
          twiddles[(input - 1) * (ido - 1) + 2 * i - 1] = Float(sine)
        }
      }
      defer { l1 *= radix }
      return Step(radix: radix, ido: ido, l1: l1, twiddles: twiddles)
    }
  }

  /// `a` to its half of the spectrum: the sum, then real and imaginary part in turn. Both buffers are overwritten.
  /// - Parameter count: How many samples may differ from 0.
  /// - Returns: Whether the result is in `b`.
  package func forward(_ a: AlignedBuffer<Lane>, _ b: AlignedBuffer<Lane>, count: Int) -> Bool {
    precondition(a.count >= length && b.count >= length)
    var isInB = false
    for (index, step) in steps.reversed().enumerated() {
      let from = unsafe isInB ? b.pointer : a.pointer
      let to = unsafe isInB ? a.pointer : b.pointer
      unsafe step.twiddles.withUnsafeBufferPointer { twiddles in
        guard let w = twiddles.baseAddress else { return }
        switch step.radix {
        case 4: unsafe forward4(step.ido, step.l1, from, to, w, isHalfEmpty: index == 0 && 2 * count <= length)
        case 2: unsafe forward2(step.ido, step.l1, from, to, w)
        case 3: unsafe forward3(step.ido, step.l1, from, to, w)
        default: unsafe forward5(step.ido, step.l1, from, to, w)
        }
      }
      isInB.toggle()
    }
    return isInB
  }

  /// The inverse of `forward`, of which only the first `count` samples are made.
  package func inverse(_ a: AlignedBuffer<Lane>, _ b: AlignedBuffer<Lane>, count: Int) -> Bool {
    precondition(a.count >= length && b.count >= length)
    // How much of its output each step has to make for the next ones.
    var needed = [Int](repeating: length, count: steps.count + 1)
    needed[steps.count] = min(count, length)
    for (index, step) in steps.enumerated().reversed() where step.radix == 4 && needed[index + 1] <= step.ido * step.l1
    {
      needed[index] = step.ido * step.radix * ((needed[index + 1] + step.ido - 1) / step.ido)
    }
    var isInB = false
    for (index, step) in steps.enumerated() {
      let from = unsafe isInB ? b.pointer : a.pointer
      let to = unsafe isInB ? a.pointer : b.pointer
      unsafe step.twiddles.withUnsafeBufferPointer { twiddles in
        guard let w = twiddles.baseAddress else { return }
        switch step.radix {
        case 4: unsafe inverse4(step.ido, step.l1, from, to, w, needed: needed[index + 1])
        case 2: unsafe inverse2(step.ido, step.l1, from, to, w)
        case 3: unsafe inverse3(step.ido, step.l1, from, to, w)
        default: unsafe inverse5(step.ido, step.l1, from, to, w)
        }
      }
      isInB.toggle()
    }
    return isInB
  }
}

/// Cosine and sine of 2π · part / whole, exact in the symmetries of the circle.
private func onCircle(_ part: Int, of whole: Int) -> (cosine: Double, sine: Double) {
  // In eighths of a turn, so that angles stay small.
  var eighths = 8 * (part % whole)
  let octant = eighths / whole
  eighths -= octant * whole
  if !octant.isMultiple(of: 2) { eighths = whole - eighths }
  let angle = Double.pi / 4 * Double(eighths) / Double(whole)
  let (c, s) = (Double.cos(angle), Double.sin(angle))
  switch octant {
  case 0: return (c, s)
  case 1: return (s, c)
  case 2: return (-s, c)
  case 3: return (-c, s)
  case 4: return (-c, -s)
  case 5: return (-s, -c)
  case 6: return (s, -c)
  default: return (c, -s)
  }
}
