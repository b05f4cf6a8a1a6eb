/// Drawing into an indexed picture; whatever falls outside it is cut off.
struct Canvas {
  /// The palette's first entries; a colour map fills what follows.
  static let paper: UInt8 = 0
  static let ink: UInt8 = 1
  static let muted: UInt8 = 2
  static let missing: UInt8 = 3
  static let line: UInt8 = 4
  static let firstColor = 5
  static let colors = 256 - firstColor

  enum Alignment { case left, center, right }

  private(set) var image: IndexedImage

  init(width: Int, height: Int, map: ColorMap) {
    let fixed = [0xFFFFFF, 0x1B1F24, 0x8A929B, 0xB8BEC5, 0x005A9C].map { RGB($0) }
    image = IndexedImage(width: width, height: height, palette: fixed + map.colors(Self.colors))
  }

  mutating func set(_ x: Int, _ y: Int, _ color: UInt8) {
    guard x >= 0, y >= 0, x < image.width, y < image.height else { return }
    image.pixels[y * image.width + x] = color
  }

  mutating func fill(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: UInt8) {
    let left = max(0, x)
    let right = min(image.width, x + width)
    guard left < right else { return }
    for row in max(0, y)..<max(0, y, min(image.height, y + height)) {
      for column in left..<right { image.pixels[row * image.width + column] = color }
    }
  }

  mutating func frame(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: UInt8) {
    fill(x, y, width, 1, color)
    fill(x, y + height - 1, width, 1, color)
    fill(x, y, 1, height, color)
    fill(x + width - 1, y, 1, height, color)
  }

  static func width(of text: String, scale: Int) -> Int {
    text.isEmpty ? 0 : (text.count * BitmapFont.advance - 1) * scale
  }

  /// The y given is the top of the capital letters.
  mutating func text(_ text: String, _ x: Int, _ y: Int, scale: Int = 2, color: UInt8 = ink, align: Alignment = .left) {
    let width = Self.width(of: text, scale: scale)
    var left =
      switch align {
      case .left: x
      case .center: x - width / 2
      case .right: x - width
      }
    for character in text {
      let dots = BitmapFont.dots(character)
      for row in 0..<BitmapFont.height {
        for column in 0..<BitmapFont.width {
          let bit = (BitmapFont.height - 1 - row) * 5 + (4 - column)
          if dots >> UInt64(bit) & 1 == 1 { fill(left + column * scale, y + row * scale, scale, scale, color) }
        }
      }
      left += BitmapFont.advance * scale
    }
  }
}
