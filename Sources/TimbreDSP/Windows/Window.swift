import RealModule
import TimbreCore

/// A window function as `scipy.signal.get_window` takes it: by its name, with its parameters where it has some (`"hann"`,
/// `["kaiser", 8.6]`), or a number, which is the β of a Kaiser window.
public struct Window: Sendable, Hashable {
  public enum Shape: String, Sendable, Hashable, CaseIterable {
    case hann, hamming, blackman, blackmanharris, nuttall, flattop, bartlett, triang, parzen, bohman, barthann, cosine,
      lanczos, boxcar, tukey, exponential, taylor, kaiser, gaussian, chebwin, dpss
    case generalCosine = "general_cosine"
    case generalGaussian = "general_gaussian"
    case generalHamming = "general_hamming"
    case kaiserBesselDerived = "kaiser_bessel_derived"

    /// How many parameters it must have and may have.
    var parameterCount: ClosedRange<Int> {
      switch self {
      case .tukey: 0...1
      case .exponential: 0...2
      case .taylor: 0...3
      case .kaiser, .gaussian, .generalHamming, .chebwin, .dpss, .kaiserBesselDerived: 1...1
      case .generalGaussian: 2...2
      case .generalCosine: 1...64
      default: 0...0
      }
    }
  }

  public let shape: Shape
  /// In SciPy's order; nil stands for the default of that parameter. A general cosine has its coefficients here, a truth is 1 or 0.
  public let parameters: [Double?]
  /// Whether the last value mirrors the first, as for filters; otherwise it is the first `length` values of such a window that is
  /// one longer, as for Fourier transforms.
  public let isSymmetric: Bool

  /// nil where the shape does not take these parameters.
  public init?(_ shape: Shape, _ parameters: [Double?] = [], isSymmetric: Bool = false) {
    guard shape.parameterCount.contains(parameters.count) else { return nil }
    let numbers = parameters.compactMap(\.self)
    switch shape {
    // Beyond 700 the Bessel function leaves the range of double precision.
    case .kaiser: guard let beta = numbers.first, abs(beta) <= 700 else { return nil }
    case .kaiserBesselDerived:
      // SciPy has it in symmetric form only.
      guard isSymmetric, let beta = numbers.first, abs(beta) <= 700 else { return nil }
    case .gaussian, .generalHamming:
      guard let value = numbers.first, shape == .generalHamming || value > 0 else { return nil }
    case .generalGaussian: guard numbers.count == 2, numbers[1] > 0 else { return nil }
    case .generalCosine: guard numbers.count == parameters.count else { return nil }
    case .exponential:
      if parameters.count == 2, let tau = parameters[1], tau <= 0 { return nil }
      if isSymmetric, let center = parameters.first, center != nil { return nil }
    case .chebwin: guard let attenuation = numbers.first, abs(attenuation) <= 5000 else { return nil }
    case .dpss: guard let width = numbers.first, width > 0 else { return nil }
    case .taylor:
      if let nbar = parameters.first, let nbar {
        guard (1...1000).contains(nbar), Int(exactly: nbar) != nil else { return nil }
      }
      if parameters.count > 1, let level = parameters[1] { guard (0...5000).contains(level) else { return nil } }
    default: break
    }
    self.shape = shape
    self.parameters = parameters
    self.isSymmetric = isSymmetric
  }

  private init(plain shape: Shape) {
    self.shape = shape
    parameters = []
    isSymmetric = false
  }

  public static let hann = Window(plain: .hann)

  /// - Throws: A diagnostic where a window of this shape and length does not exist.
  public func validate(length: Int) throws {
    switch shape {
    case .dpss:
      let width = parameters.first.flatMap(\.self) ?? 0
      guard length > 1, width >= Double(length) / 2 else { return }
      throw Diagnostic(
        .invalidParameters,
        "the half bandwidth of the dpss window (\(short(width))) is not below half its length (\(length))",
        help: "lower it, or raise win_length")
    case .kaiserBesselDerived:
      guard !length.isMultiple(of: 2) else { return }
      throw Diagnostic(
        .invalidParameters, "a \(shape.rawValue) window cannot have an odd length (\(length))",
        help: "set win_length to an even number")
    default: return
    }
  }
}
