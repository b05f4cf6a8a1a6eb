import CPNG
import TimbreCore

/// A picture of up to 256 colours, one byte a pixel, rows from the top.
public struct IndexedImage: Sendable, Hashable {
  public let width: Int
  public let height: Int
  public var pixels: [UInt8]
  /// Indexed by a pixel's value; pixels beyond its end are black.
  public var palette: [RGB]

  public init(width: Int, height: Int, fill: UInt8 = 0, palette: [RGB]) {
    self.width = max(1, width)
    self.height = max(1, height)
    self.palette = palette
    pixels = [UInt8](repeating: fill, count: self.width * self.height)
  }
}

/// A colour of the sRGB space.
public struct RGB: Sendable, Hashable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(_ hex: UInt32) {
    red = UInt8(hex >> 16 & 255)
    green = UInt8(hex >> 8 & 255)
    blue = UInt8(hex & 255)
  }
}

/// PNG files through libpng's simplified interface, the only one that does not need `setjmp`.
public enum PNG {
  /// - Throws: A diagnostic with libpng's reason.
  public static func encode(_ picture: IndexedImage) throws -> [UInt8] {
    var palette = [UInt8](repeating: 0, count: 768)
    for (index, color) in picture.palette.prefix(256).enumerated() {
      palette[3 * index] = color.red
      palette[3 * index + 1] = color.green
      palette[3 * index + 2] = color.blue
    }
    var image = unsafe png_image()
    unsafe image.version = UInt32(PNG_IMAGE_VERSION)
    unsafe image.width = UInt32(picture.width)
    unsafe image.height = UInt32(picture.height)
    unsafe image.format = UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_COLORMAP)
    unsafe image.colormap_entries = 256
    // Incompressible data grows by less than an eighth; the rest is for headers and the palette.
    var size = png_alloc_size_t(picture.pixels.count + picture.height + picture.pixels.count / 8 + 4096)
    var bytes = [UInt8](repeating: 0, count: Int(size))
    let done = unsafe bytes.withUnsafeMutableBytes { memory in
      unsafe picture.pixels.withUnsafeBytes { pixels in
        unsafe palette.withUnsafeBytes { colors in
          unsafe png_image_write_to_memory(
            &image, memory.baseAddress, &size, 0, pixels.baseAddress, Int32(picture.width), colors.baseAddress)
        }
      }
    }
    guard done != 0 else { throw unsafe failure(&image) }
    return Array(bytes[..<Int(size)])
  }

  /// Width, height and the RGB bytes of a PNG file, rows from the top.
  /// - Throws: An `.unreadableFile` diagnostic with libpng's reason.
  public static func decode(_ bytes: [UInt8]) throws -> (width: Int, height: Int, rgb: [UInt8]) {
    var image = unsafe png_image()
    unsafe image.version = UInt32(PNG_IMAGE_VERSION)
    var pixels: [UInt8] = []
    let done = unsafe bytes.withUnsafeBytes { source in
      guard unsafe png_image_begin_read_from_memory(&image, source.baseAddress, source.count) != 0 else { return false }
      unsafe image.format = UInt32(PNG_FORMAT_FLAG_COLOR)
      pixels = unsafe [UInt8](repeating: 0, count: 3 * Int(image.width) * Int(image.height))
      return unsafe pixels.withUnsafeMutableBytes { target in
        unsafe png_image_finish_read(&image, nil, target.baseAddress, 0, nil) != 0
      }
    }
    guard done else { throw unsafe failure(&image) }
    return unsafe (Int(image.width), Int(image.height), pixels)
  }

  private static func failure(_ image: inout png_image) -> Diagnostic {
    let message = unsafe withUnsafeBytes(of: &image.message) {
      unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    unsafe png_image_free(&image)
    return Diagnostic(.unreadableFile, "PNG: \(message)")
  }
}
