import RealModule

extension Window {
  private struct Key: Hashable { var window: Window, length: Int, size: Int }
  private static let cache = Cache<Key, [Double]>()

  /// The window as `scipy.signal.get_window(…, fftbins=True)` gives it, in the middle of `size` values.
  public func values(length: Int, paddedTo size: Int) -> [Double] {
    Self.cache.value(for: Key(window: self, length: length, size: size)) {
      let left = (size - length) / 2
      let zeros = [Double](repeating: 0, count: size)
      return Array(zeros[..<left]) + values(length: length) + Array(zeros[(left + length)...])
    }
  }

  /// Periodic: the first `length` values of the symmetric window that is one longer.
  public func values(length: Int) -> [Double] {
    guard length > 1 else { return [Double](repeating: 1, count: length) }
    let count = isSymmetric ? length : length + 1
    let last = Double(count - 1)
    let numbers = parameters.compactMap(\.self)
    func make(_ formula: (Double) -> Double) -> [Double] { (0..<length).map { formula(Double($0)) } }
    /// Σ aₖ cos(kφ), φ from −π to π.
    func cosines(_ weights: Double...) -> [Double] { sum(weights) }
    func sum(_ weights: [Double]) -> [Double] {
      make { n in
        let angle = 2 * .pi * (n / last - 0.5)
        return weights.enumerated().reduce(0) { $0 + $1.element * .cos(Double($1.offset) * angle) }
      }
    }
    switch shape {
    case .boxcar: return [Double](repeating: 1, count: length)
    case .hann: return cosines(0.5, 0.5)
    case .hamming: return cosines(0.54, 1 - 0.54)
    case .generalHamming: return cosines(numbers[0], 1 - numbers[0])
    case .blackman: return cosines(0.42, 0.50, 0.08)
    case .nuttall: return cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411)
    case .blackmanharris: return cosines(0.35875, 0.48829, 0.14128, 0.01168)
    case .flattop: return cosines(0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368)
    case .bartlett: return make { $0 <= last / 2 ? 2 * $0 / last : 2 - 2 * $0 / last }
    case .triang:
      return make { n in
        let fromEdge = min(n, last - n) + 1
        return count.isMultiple(of: 2) ? (2 * fromEdge - 1) / Double(count) : 2 * fromEdge / (Double(count) + 1)
      }
    case .parzen:
      return make { n in
        let distance = abs(n - last / 2)
        let ratio = distance / (Double(count) / 2)
        if distance <= last / 4 { return 1 - 6 * ratio * ratio + 6 * ratio * ratio * ratio }
        return 2 * (1 - ratio) * (1 - ratio) * (1 - ratio)
      }
    case .bohman:
      return make { n in
        guard n > 0, n < last else { return 0 }
        let x = abs(2 * n / last - 1)
        return (1 - x) * .cos(.pi * x) + .sin(.pi * x) / .pi
      }
    case .barthann:
      return make { n in
        let x = abs(n / last - 0.5)
        return 0.62 - 0.48 * x + 0.38 * .cos(2 * .pi * x)
      }
    case .cosine: return make { .sin(.pi / Double(count) * ($0 + 0.5)) }
    case .lanczos:
      return make { n in
        let x = .pi * (2 * max(n, last - n) / last - 1)
        return x == 0 ? 1 : .sin(x) / x
      }
    case .kaiser:
      let beta = numbers[0]
      let scale = besselI0(beta)
      return make { n in
        let x = (n - last / 2) / (last / 2)
        return besselI0(beta * max(0, 1 - x * x).squareRoot()) / scale
      }
    case .gaussian:
      return make { n in
        let x = n - last / 2
        return .exp(-x * x / (2 * numbers[0] * numbers[0]))
      }
    case .generalGaussian:
      return make { .exp(-0.5 * .pow(abs(($0 - last / 2) / numbers[1]), 2 * numbers[0])) }
    case .exponential:
      let center = parameters.first.flatMap(\.self) ?? last / 2
      let tau = parameters.count > 1 ? parameters[1] ?? 1 : 1
      return make { .exp(-abs($0 - center) / tau) }
    case .tukey: return tukey(numbers.first ?? 0.5, length: length)
    case .generalCosine: return sum(numbers)
    case .chebwin: return Array(WindowDesigns.chebyshev(attenuation: numbers[0], count: count)[..<length])
    case .dpss:
      // What `validate` refuses is no window; here it only must not fail.
      guard numbers[0] < Double(length) / 2 else { return [Double](repeating: 1, count: length) }
      return Array(WindowDesigns.slepian(halfBandwidth: numbers[0], count: count)[..<length])
    case .taylor:
      func parameter(_ place: Int, _ standard: Double) -> Double {
        parameters.count > place ? parameters[place] ?? standard : standard
      }
      let all = WindowDesigns.taylor(
        nbar: Int(parameter(0, 4)), level: parameter(1, 30), isNormalised: parameter(2, 1) != 0, count: count)
      return Array(all[..<length])
    case .kaiserBesselDerived:
      guard length.isMultiple(of: 2), let kaiser = Window(.kaiser, [numbers[0]], isSymmetric: true) else {
        return [Double](repeating: 1, count: length)
      }
      return WindowDesigns.kaiserBesselDerived(kaiser: kaiser.values(length: length / 2 + 1))
    }
  }

  private func tukey(_ alpha: Double, length: Int) -> [Double] {
    if alpha <= 0 { return [Double](repeating: 1, count: length) }
    if alpha >= 1 { return Window(.hann, isSymmetric: isSymmetric)?.values(length: length) ?? [] }
    let last = Double(isSymmetric ? length - 1 : length)
    let width = Int(alpha * last / 2)
    return (0..<length).map { index in
      let n = Double(index)
      if index <= width { return 0.5 * (1 + .cos(.pi * (-1 + 2 * n / alpha / last))) }
      if n >= last - Double(width) { return 0.5 * (1 + .cos(.pi * (-2 / alpha + 1 + 2 * n / alpha / last))) }
      return 1
    }
  }
}

/// The modified Bessel function of order 0, by its power series: Σ ((x/2)ᵏ / k!)².
func besselI0(_ x: Double) -> Double {
  let quarter = x * x / 4
  var term = 1.0
  var sum = 1.0
  var k = 1.0
  while term > sum * 1e-18 {
    term *= quarter / (k * k)
    sum += term
    k += 1
  }
  return sum
}
