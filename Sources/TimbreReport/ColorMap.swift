/// A perceptually uniform colour map, readable in grey and by the colour-blind.
///
/// Ten anchor colours each, as published by `viridisLite::viridis(10)` and `magma(10)` (Garnier et al.) for the CC0
/// maps of Smith and van der Walt in matplotlib; between them colours are interpolated linearly in sRGB.
public enum ColorMap: Sendable, Hashable {
  case magma, viridis

  var anchors: [RGB] {
    switch self {
    case .magma:
      [0x000004, 0x180F3E, 0x451077, 0x721F81, 0x9F2F7F, 0xCD4071, 0xF1605D, 0xFD9567, 0xFEC98D, 0xFCFDBF].map(RGB.init)
    case .viridis:
      [0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C, 0xFDE725].map(RGB.init)
    }
  }

  /// `count` colours, evenly spaced from the lowest to the highest.
  public func colors(_ count: Int) -> [RGB] {
    let anchors = anchors
    return (0..<count).map { index in
      let place = count > 1 ? Double(index) / Double(count - 1) * Double(anchors.count - 1) : 0
      let left = min(Int(place), anchors.count - 2)
      let share = place - Double(left)
      func mix(_ channel: (RGB) -> UInt8) -> UInt8 {
        UInt8((Double(channel(anchors[left])) * (1 - share) + Double(channel(anchors[left + 1])) * share).rounded())
      }
      var color = RGB(0)
      color.red = mix(\.red)
      color.green = mix(\.green)
      color.blue = mix(\.blue)
      return color
    }
  }
}
