import RealModule
import TimbreCore

/// How distances become affinities: a number, or one of librosa's estimates from the distances themselves.
public enum AffinityBandwidth: Sendable, Hashable {
  case number(Double)
  case medKScalar, meanK, gmeanK, meanKAvg, gmeanKAvg, meanKAvgAndPair

  fileprivate static let names: [(name: String, value: AffinityBandwidth)] = [
    ("med_k_scalar", .medKScalar), ("mean_k", .meanK), ("gmean_k", .gmeanK), ("mean_k_avg", .meanKAvg),
    ("gmean_k_avg", .gmeanKAvg), ("mean_k_avg_and_pair", .meanKAvgAndPair),
  ]
}

extension AffinityBandwidth: ParameterValue {
  public static var parameterType: ParameterType { .oneOf([.choice(names.map(\.name)), .number(.positive), .null]) }

  public init?(json: JSONValue) {
    if json == .null {
      self = .medKScalar
    } else if let number = json.doubleValue, number > 0 {
      self = .number(number)
    } else if let entry = Self.names.first(where: { .string($0.name) == json }) {
      self = entry.value
    } else {
      return nil
    }
  }

  public var json: JSONValue {
    if case .number(let number) = self { return number.json }
    return Self.names.first { $0.value == self }.map { .string($0.name) } ?? .null
  }
}

extension Recurrence {
  /// Distances replaced by exp(−distance / bandwidth).
  /// - Throws: A diagnostic where points without links leave nothing to estimate the bandwidth from.
  mutating func weigh(by bandwidth: AffinityBandwidth, nearest: Int) throws {
    var (farthest, means): ([Double?], [Double]) = ([], [])
    for (point, row) in links.enumerated() {
      // A link to the point itself has no distance.
      let sorted = row.filter { $0.weight > 0 }.map(\.weight).sorted().prefix(nearest)
      farthest.append(sorted.last)
      means.append(sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count))
      switch bandwidth {
      case .number, .medKScalar: break
      default:
        guard !sorted.isEmpty else {
          throw Diagnostic(
            .invalidParameters, "point \(point) has no neighbours to estimate the bandwidth from",
            help: "set sym to false, raise k, or set bandwidth to a number")
        }
      }
    }
    let known = farthest.compactMap(\.self).sorted()
    if bandwidth == .medKScalar, known.isEmpty {
      throw Diagnostic(
        .invalidParameters, "no two points are linked, so that there is nothing to estimate the bandwidth from",
        help: "set sym to false, raise k, or set bandwidth to a number")
    }
    let median = known.isEmpty ? 1 : (known[(known.count - 1) / 2] + known[known.count / 2]) / 2
    for point in links.indices {
      for index in links[point].indices {
        let link = links[point][index]
        let (a, b) = (farthest[point] ?? 0, farthest[link.point] ?? 0)
        let (c, d) = (means[point], means[link.point])
        let scale: Double =
          switch bandwidth {
          case .number(let number): number
          case .medKScalar: median
          case .meanK: (a + b) / 2
          case .gmeanK: (a * b).squareRoot()
          case .meanKAvg: (c + d) / 2
          case .gmeanKAvg: (c * d).squareRoot()
          case .meanKAvgAndPair: (c + d + link.weight) / 3
          }
        links[point][index].weight = .exp(-link.weight / scale)
      }
    }
  }
}
