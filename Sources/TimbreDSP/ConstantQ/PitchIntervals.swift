import RealModule
import TimbreCore

/// How an octave is divided, as in `librosa.interval_frequencies`: into equal steps, by powers of 3, by just intonation with primes up
/// to a limit, or at given ratios.
public enum PitchIntervals: Sendable, Hashable {
  public enum Name: String, Sendable, Hashable, CaseIterable { case equal, pythagorean, ji3, ji5, ji7 }

  case named(Name)
  case ratios([Double])

  public static let equal = PitchIntervals.named(.equal)

  /// Bins in an octave: as many as there are ratios, otherwise what the caller asks for.
  public func count(binsPerOctave: Int) -> Int {
    if case .ratios(let ratios) = self { ratios.count } else { binsPerOctave }
  }

  /// `count` frequencies from `fmin` in ascending order.
  func frequencies(_ count: Int, fmin: Double, binsPerOctave: Int) -> [Double] {
    let ratios: [Double] =
      switch self {
      case .named(.equal): (0..<binsPerOctave).map { Double.exp2(Double($0) / Double(binsPerOctave)) }
      case .named(.pythagorean):
        octaveFolded((0..<binsPerOctave).map { Double($0) * Double.log2(3) })
      case .named(.ji3): octaveFolded(harmonicCrystal(primes: [3], count: binsPerOctave))
      case .named(.ji5): octaveFolded(harmonicCrystal(primes: [3, 5], count: binsPerOctave))
      case .named(.ji7): octaveFolded(harmonicCrystal(primes: [3, 5, 7], count: binsPerOctave))
      case .ratios(let ratios): ratios
      }
    let all = (0..<count).map { Double.exp2(Double($0 / ratios.count)) * ratios[$0 % ratios.count] }
    return all.sorted().map { $0 * fmin }
  }
}

/// Pitches in octaves brought into one octave and sorted, as ratios.
private func octaveFolded(_ pitches: [Double]) -> [Double] {
  pitches.map { pitch in
    let fraction = pitch - pitch.rounded(.towardZero)
    return fraction < 0 ? fraction + 1 : fraction
  }.sorted().map { Double.exp2($0) }
}

/// A point of the lattice of prime powers that may join the scale next, and the sum of its distances to the scale.
private struct Candidate {
  let point: SIMD4<Int32>
  var distance: Double
}

/// The pitches (in octaves) of `count` points of the lattice that `primes` span, chosen greedily so that each is as close as possible to
/// those before it in harmonic distance: `librosa.plimit_intervals`, after Tenney's "crystal growth".
private func harmonicCrystal(primes: [Int], count: Int) -> [Double] {
  crystals.value(for: [count] + primes) { grownCrystal(primes: primes, count: count) }
}

private let crystals = Cache<[Int], [Double]>(limit: 64)

private func grownCrystal(primes: [Int], count: Int) -> [Double] {
  let logs = primes.map { Double.log2(Double($0)) }
  func dot(_ v: SIMD4<Int32>) -> Double { primes.indices.reduce(0) { $0 + logs[$1] * Double(v[$1]) } }
  func positive(_ v: SIMD4<Int32>) -> SIMD4<Int32> { v.replacing(with: 0, where: v .< 0) }
  func size(_ v: SIMD4<Int32>) -> Double { dot(positive(v) &+ positive(0 &- v)) }
  func distance(_ a: SIMD4<Int32>, _ b: SIMD4<Int32>) -> Double {
    let (up, down) = (pointwiseMin(positive(a), positive(b)), pointwiseMax(positive(0 &- a), positive(0 &- b)))
    return (dot(a &+ b &- 2 &* (up &- down)) * 1e6).rounded(.toNearestOrEven) / 1e6
  }
  let seeds: [SIMD4<Int32>] = primes.indices.flatMap { axis in
    var seed = SIMD4<Int32>(repeating: 0)
    seed[axis] = 1
    return [seed, 0 &- seed]
  }
  var scale = [SIMD4<Int32>(repeating: 0)]
  var seen = Set(scale + seeds)
  var frontier = seeds.map { Candidate(point: $0, distance: distance($0, scale[0])) }
  while scale.count < count {
    var best = 0
    var score = Double.infinity
    for (index, candidate) in frontier.enumerated() {
      // np.isclose
      let isTie = score.isFinite && abs(candidate.distance - score) <= 1e-8 + 1e-5 * abs(score)
      if candidate.distance < score || (isTie && size(candidate.point) < size(frontier[best].point)) {
        score = candidate.distance
        best = index
      }
    }
    let next = frontier.remove(at: best).point
    scale.append(next)
    for index in frontier.indices { frontier[index].distance += distance(frontier[index].point, next) }
    for seed in seeds where seen.insert(next &+ seed).inserted {
      let point = next &+ seed
      frontier.append(Candidate(point: point, distance: scale.reduce(0) { $0 + distance(point, $1) }))
    }
  }
  return scale.map(dot)
}

extension PitchIntervals: ParameterValue {
  public static var parameterType: ParameterType {
    .oneOf([.choice(Name.allCases.map(\.rawValue)), .list(of: .number(.positive), count: 1...480)])
  }

  public init?(json: JSONValue) {
    if let name = json.stringValue.flatMap(Name.init(rawValue:)) {
      self = .named(name)
    } else if let ratios = [Double](json: json), !ratios.isEmpty, ratios.allSatisfy({ $0 > 0 }) {
      self = .ratios(ratios)
    } else {
      return nil
    }
  }

  public var json: JSONValue {
    switch self {
    case .named(let name): .string(name.rawValue)
    case .ratios(let ratios): ratios.json
    }
  }
}
