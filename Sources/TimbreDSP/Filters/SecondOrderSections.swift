/// A recursive digital filter as a chain of sections of second order, in double precision throughout.
///
/// The numbers are those of `scipy.signal.sosfilt` and `sosfiltfilt` for a filter with the same zeros, poles and gain.
public struct SecondOrderSections: Sendable, Hashable {
  /// (b0 + b1·z⁻¹ + b2·z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²)
  public struct Section: Sendable, Hashable {
    public var b0, b1, b2, a1, a2: Double

    public init(b0: Double, b1: Double, b2: Double, a1: Double, a2: Double) {
      self.b0 = b0
      self.b1 = b1
      self.b2 = b2
      self.a1 = a1
      self.a2 = a2
    }

    /// What the section holds after an endless input of 1, and what it gives then.
    fileprivate var steadyState: (first: Double, second: Double, output: Double) {
      let output = (b0 + b1 + b2) / (1 + a1 + a2)
      let second = b2 - a2 * output
      return (b1 - a1 * output + second, second, output)
    }
  }

  /// The two values that a section carries from one sample to the next.
  public typealias State = SIMD2<Double>

  public var sections: [Section]

  public init(_ sections: [Section]) { self.sections = sections }

  /// As if the input had been `value` for ever: `sosfilt_zi(sos) * value`. The filter's gain at 0 Hz must be finite.
  public func steadyState(at value: Double) -> [State] {
    var level = value
    return sections.map { section in
      let steady = section.steadyState
      defer { level *= steady.output }
      return State(steady.first, steady.second) * level
    }
  }

  /// Filters forwards: `sosfilt`.
  /// - Parameter state: One for each section, as it is before the first sample; nil is rest.
  public func filtered(_ samples: [Double], from state: [State]? = nil) -> [Double] {
    var result = samples
    filter(&result, from: state)
    return result
  }

  /// Filters in place: `sosfilt`.
  public func filter(_ samples: inout [Double], from state: [State]? = nil) {
    precondition(state.map { $0.count == sections.count } ?? true, "one state a section")
    var state = state ?? [State](repeating: .zero, count: sections.count)
    unsafe samples.withUnsafeMutableBufferPointer { samples in
      guard let x = samples.baseAddress else { return }
      // Stretches that stay in the cache while all sections pass over them.
      for start in stride(from: 0, to: samples.count, by: 4096) {
        let count = min(4096, samples.count - start)
        var index = 0
        while index + 1 < sections.count {
          var (first, second) = (state[index], state[index + 1])
          unsafe run(sections[index], sections[index + 1], &first, &second, x + start, count)
          (state[index], state[index + 1]) = (first, second)
          index += 2
        }
        if index < sections.count { unsafe run(sections[index], &state[index], x + start, count) }
        // After the signal has ended, numbers too small to be normal would slow the processor a hundredfold.
        for index in state.indices {
          state[index].replace(with: 0, where: state[index] .< 1e-250 .& state[index] .> -1e-250)
        }
      }
    }
  }

  /// Filters forwards and then backwards, so that nothing is delayed and the gain in decibels doubles: `sosfiltfilt`.
  ///
  /// Both passes begin in the steady state of their first value, on a signal continued at both ends by its own reflection through the
  /// end points. SciPy refuses a signal that is too short for that continuation; here the continuation is then as
  /// long as the signal allows.
  public func filteredBothWays(_ samples: [Double]) -> [Double] {
    guard let first = samples.first, let last = samples.last else { return [] }
    let atOrigin = min(sections.count { $0.b2 == 0 }, sections.count { $0.a2 == 0 })
    let pad = min(3 * (2 * sections.count + 1 - atOrigin), samples.count - 1)
    var extended: [Double] = []
    extended.reserveCapacity(samples.count + 2 * pad)
    for index in 0..<pad { extended.append(2 * first - samples[pad - index]) }
    extended += samples
    for index in 0..<pad { extended.append(2 * last - samples[samples.count - 2 - index]) }
    filter(&extended, from: steadyState(at: extended[0]))
    extended.reverse()
    filter(&extended, from: steadyState(at: extended[0]))
    extended.reverse()
    return Array(extended[pad..<pad + samples.count])
  }

  /// The gain at `frequency`, as a share of the sample rate: |H(exp(2πi·frequency))|.
  public func gain(at frequency: Double) -> Double {
    let z = Root(angle: -2 * .pi * frequency)
    let square = z * z
    return sections.reduce(1) { gain, s in
      let above = Root(s.b0) + s.b1 * z + s.b2 * square
      let below = Root(1) + s.a1 * z + s.a2 * square
      return gain * above.magnitude / below.magnitude
    }
  }
}

/// One section over `count` samples, transposed direct form II.
private func run(
  _ s: SecondOrderSections.Section, _ state: inout SIMD2<Double>, _ samples: UnsafeMutablePointer<Double>, _ count: Int
) {
  var (first, second) = (state.x, state.y)
  for index in 0..<count {
    let x = unsafe samples[index]
    let y = s.b0 * x + first
    first = (s.b1 * x + second) - s.a1 * y
    second = s.b2 * x - s.a2 * y
    unsafe samples[index] = y
  }
  state = SIMD2(first, second)
}

/// Two sections at once: while one waits for its last sample, the processor works on the other.
private func run(
  _ s: SecondOrderSections.Section, _ t: SecondOrderSections.Section, _ stateS: inout SIMD2<Double>,
  _ stateT: inout SIMD2<Double>, _ samples: UnsafeMutablePointer<Double>, _ count: Int
) {
  var (firstS, secondS) = (stateS.x, stateS.y)
  var (firstT, secondT) = (stateT.x, stateT.y)
  for index in 0..<count {
    let x = unsafe samples[index]
    let y = s.b0 * x + firstS
    firstS = (s.b1 * x + secondS) - s.a1 * y
    secondS = s.b2 * x - s.a2 * y
    let z = t.b0 * y + firstT
    firstT = (t.b1 * y + secondT) - t.a1 * z
    secondT = t.b2 * y - t.a2 * z
    unsafe samples[index] = z
  }
  stateS = SIMD2(firstS, secondS)
  stateT = SIMD2(firstT, secondT)
}
