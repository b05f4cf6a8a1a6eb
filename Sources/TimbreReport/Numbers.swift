/// Numbers as people read them, without locale.
public enum Numbers {
  /// With a fixed number of decimals; "–" for what is not finite.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "–" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return String(value) }
    let whole = String(Int(scaled))
    let sign = value < 0 && scaled > 0 ? "−" : ""
    guard decimals > 0 else { return sign + whole }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - whole.count)) + whole
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// About three significant digits, without trailing zeros.
  public static func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if value == 0 { return "0" }
    let size = abs(value)
    if size >= 1e6 || size < 1e-4 {
      var exponent = 0
      var mantissa = value
      while abs(mantissa) >= 9.995 { mantissa /= 10; exponent += 1 }
      while abs(mantissa) < 0.9995 { mantissa *= 10; exponent -= 1 }
      return trim(fixed(mantissa, 2)) + "e\(exponent)"
    }
    return trim(fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : size >= 0.01 ? 4 : 6))
  }

  private static func trim(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text[...]
    while text.last == "0" { text = text.dropLast() }
    if text.last == "." { text = text.dropLast() }
    return String(text)
  }

  /// With narrow spaces between thousands.
  package static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
      text.append(digit)
    }
    return (value < 0 ? "−" : "") + text
  }

  package static func percent(_ share: Double, _ decimals: Int = 0) -> String {
    fixed(share * 100, decimals) + "\u{202F}%"
  }
}

/// Round places on an axis.
struct Ticks {
  var values: [Double] = []
  var decimals = 0

  /// At most about `count` multiples of 1, 2 or 5 × 10ⁿ within the range.
  init(_ lower: Double, _ upper: Double, count: Int) {
    guard lower.isFinite, upper.isFinite, upper > lower, (upper - lower).isFinite, count > 0 else { return }
    let rough = (upper - lower) / Double(count)
    var power = 1.0
    var exponent = 0
    while power * 10 <= rough, exponent < 300 { power *= 10; exponent += 1 }
    while power > rough, exponent > -300 { power /= 10; exponent -= 1 }
    let factor = [1.0, 2, 5, 10].first { power * $0 >= rough * 0.999 } ?? 10
    let step = power * factor
    decimals = max(0, -(factor == 10 ? exponent + 1 : exponent))
    var index = (lower / step - 1e-6).rounded(.up)
    while index * step <= upper + step * 1e-6, values.count < 100 {
      values.append(index * step)
      index += 1
    }
  }

  func label(_ value: Double) -> String {
    if decimals > 6 || abs(value) >= 1e6 { return Numbers.short(value) }
    return Numbers.fixed(value, decimals)
  }
}
