import RealModule

/// Up to four filters with as many sections that run over one signal side by side, forwards and backwards:
/// `scipy.signal.sosfiltfilt`.
struct ZeroPhaseFilters {
  typealias Lanes = SIMD4<Double>

  private struct Section {
    var b1, b2, a1, a2: Lanes
    /// The state that a constant of 1 at the input of the filter leads to.
    var steady1, steady2: Lanes
  }

  private let gain: Lanes
  private var sections: [Section] = []

  init(_ filters: [SectionCascade]) {
    func lanes(_ value: (SectionCascade) -> Double) -> Lanes {
      var result = Lanes(repeating: 0)
      for index in 0..<min(4, filters.count) { result[index] = value(filters[index]) }
      return result
    }
    gain = lanes(\.gain)
    var level = gain
    for index in 0..<(filters.first?.sections.count ?? 0) {
      var section = Section(
        b1: lanes { $0.sections[index].b1 }, b2: lanes { $0.sections[index].b2 }, a1: lanes { $0.sections[index].a1 },
        a2: lanes { $0.sections[index].a2 }, steady1: level, steady2: level)
      let output = level * lanes { $0.sections[index].steadyGain }
      section.steady2 = section.b2 * level - section.a2 * output
      section.steady1 = section.b1 * level - section.a1 * output + section.steady2
      level = output
      sections.append(section)
    }
  }

  /// Samples that the signal is extended by at each end, turned about its end; fewer where the signal is shorter.
  private func edge(_ count: Int) -> Int { max(0, min(3 * (2 * sections.count + 1), count - 1)) }

  /// The filtered signal, a lane for each filter.
  func apply(to signal: [Float]) -> ArraySlice<Lanes> {
    guard let first = signal.first, let last = signal.last else { return [] }
    let (count, edge) = (signal.count, edge(signal.count))
    var values = [Lanes](repeating: Lanes(repeating: 0), count: count + 2 * edge)
    for index in 0..<edge {
      values[index] = Lanes(repeating: Double(2 * first - signal[edge - index]))
      values[edge + count + index] = Lanes(repeating: Double(2 * last - signal[count - 2 - index]))
    }
    for index in 0..<count { values[edge + index] = Lanes(repeating: Double(signal[index])) }
    unsafe values.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe run(start, buffer.count, step: 1)
      unsafe run(start + (buffer.count - 1), buffer.count, step: -1)
    }
    return values[edge..<edge + count]
  }

  /// Filters `count` values in place, beginning in the steady state of the first.
  private func run(_ start: UnsafeMutablePointer<Lanes>, _ count: Int, step: Int) {
    let first = unsafe start[0]
    if sections.count == 4 { return unsafe runFour(start, count, step: step) }
    var states = sections.map { ($0.steady1 * first, $0.steady2 * first) }
    var place = 0
    for _ in 0..<count {
      var x = unsafe start[place] * gain
      for (index, section) in sections.enumerated() {
        let y = x + states[index].0
        states[index].0 = section.b1 * x - section.a1 * y + states[index].1
        states[index].1 = section.b2 * x - section.a2 * y
        x = y
      }
      unsafe start[place] = x
      place += step
    }
  }

  /// The same for four sections, which filters of one semitone have, without arrays in the loop.
  private func runFour(_ start: UnsafeMutablePointer<Lanes>, _ count: Int, step: Int) {
    let (p, q, r, s) = (sections[0], sections[1], sections[2], sections[3])
    let first = unsafe start[0]
    var (p1, p2, q1, q2) = (p.steady1 * first, p.steady2 * first, q.steady1 * first, q.steady2 * first)
    var (r1, r2, s1, s2) = (r.steady1 * first, r.steady2 * first, s.steady1 * first, s.steady2 * first)
    var place = 0
    for _ in 0..<count {
      let x = unsafe start[place] * gain
      let a = x + p1
      p1 = p.b1 * x - p.a1 * a + p2
      p2 = p.b2 * x - p.a2 * a
      let b = a + q1
      q1 = q.b1 * a - q.a1 * b + q2
      q2 = q.b2 * a - q.a2 * b
      let c = b + r1
      r1 = r.b1 * b - r.a1 * c + r2
      r2 = r.b2 * b - r.a2 * c
      let d = c + s1
      s1 = s.b1 * c - s.a1 * d + s2
      s2 = s.b2 * c - s.a2 * d
      unsafe start[place] = d
      place += step
    }
  }
}
