import TimbreCore

/// A number that stands for a bin's course over time.
///
/// Definitions are NumPy's and SciPy's: `std` of the population (`ddof` 0), percentiles by linear interpolation,
/// `skewness` and `kurtosis` biased and, for the latter, in excess of the normal distribution's (Fisher).
public enum Statistic: Sendable, Hashable {
  case mean, std, min, max, median, skewness, kurtosis
  /// 0…100, named `p5`, `p99.5`.
  case percentile(Double)

  /// The names without a number in them.
  public static let plainNames = ["mean", "std", "min", "max", "median", "skewness", "kurtosis"]

  /// - Throws: An `.unknownChoice` or `.outOfRange` diagnostic.
  public init(parsing name: String) throws {
    switch name {
    case "mean": self = .mean
    case "std": self = .std
    case "min": self = .min
    case "max": self = .max
    case "median": self = .median
    case "skewness": self = .skewness
    case "kurtosis": self = .kurtosis
    default: self = try .percentile(Self.percent(in: name))
    }
  }

  /// As `init(parsing:)` reads it.
  public var name: String {
    switch self {
    case .mean: "mean"
    case .std: "std"
    case .min: "min"
    case .max: "max"
    case .median: "median"
    case .skewness: "skewness"
    case .kurtosis: "kurtosis"
    case .percentile(let percent): "p" + short(percent)
    }
  }

  private static func percent(in name: String) throws -> Double {
    let digits = name.dropFirst()
    // Digits only: Double would also read "nan", "1e1" and "0x1".
    guard name.hasPrefix("p"), digits.first?.isNumber == true, digits.allSatisfy({ "0123456789.".contains($0) }),
      let percent = Double(String(digits))
    else {
      let help = closest(to: name, among: plainNames).map { "did you mean \"\($0)\"?" }
      throw Diagnostic(
        .unknownChoice, "unknown statistic \"\(name)\"",
        help: help ?? "known: " + plainNames.joined(separator: ", ") + ", and percentiles such as p5 or p99.5")
    }
    guard percent <= 100 else {
      throw Diagnostic(.outOfRange, "percentile \"\(name)\" is out of range: must be p0 to p100")
    }
    return percent
  }
}
