import Foundation
import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreReport

/// Files of a run folder as a browser may have them: with ranges, so that a player can seek, without paths of this machine, and
/// under a policy in which no page of a run can do anything.
enum RunFiles {
  /// No script, nothing from elsewhere, and an origin that no other page has: a page of a run reads nothing of this server. Style
  /// within the page, pictures within it and beside it, the audio beside it, links, and what they save are left.
  static let policy = media + "; sandbox allow-downloads"
  /// For what can hold no script, and is shown in a page that the browser makes for it.
  private static let harmless = ["audio/", "image/png", "application/json", "text/plain"]
  private static let media =
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; base-uri 'none'; "
    + "form-action 'none'; frame-ancestors 'self'"

  private static let shown = [
    "html": "text/html; charset=utf-8", "json": "application/json; charset=utf-8", "txt": "text/plain; charset=utf-8",
    "log": "text/plain; charset=utf-8", "png": "image/png", "svg": "image/svg+xml; charset=utf-8",
    "wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "mp3": "audio/mpeg",
  ]
  private static let saved = ["csv": "text/csv; charset=utf-8"]
  private static let binary: Set<String> = [
    "png", "wav", "flac", "ogg", "mp3", "npy", "npz", "safetensors", "zip", "gz", "jpg", "pdf",
  ]
  /// Pages beyond this have no sound.
  private static let mostPage = 64 << 20

  /// How a file is given to a client.
  struct Manner {
    /// Instead of the one that its name tells; such a file is the server's own.
    var type: String?
    /// What has to stay until the file is sent.
    var kept: (any AnyObject & Sendable)?
    /// Of texts; binary files are given byte for byte.
    var redaction: Redaction?
    /// What lets the sound and the pictures of a page in, which come without cookies.
    var pass: String?
    /// Whether such a pass was shown.
    var isPassed = false
  }

  static func answer(_ path: String, to request: Request, _ manner: Manner) throws -> Response {
    let ending = (path.split(separator: "/").last ?? "").split(separator: ".").last.map { $0.lowercased() } ?? ""
    var info = stat()
    guard unsafe stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      throw Refusal.notFound("there is no such file")
    }
    let size = Int(info.st_size)
    let type = manner.type ?? shown[ending] ?? saved[ending] ?? "application/octet-stream"
    var headers = HTTPFields()
    headers[.contentType] = type
    headers[.contentSecurityPolicy] = harmless.contains { type.hasPrefix($0) } ? media : policy
    headers[.cacheControl] = "no-cache"
    // To a page of a run, this server is another site.
    if manner.isPassed, let name = HTTPField.Name("Cross-Origin-Resource-Policy") { headers[name] = "cross-origin" }
    if manner.type == nil, shown[ending] == nil {
      let name = path.split(separator: "/").last.map(String.init) ?? "file"
      headers[.contentDisposition] = "attachment; filename*=UTF-8''\(RunAddress.encoded(name))"
    }
    let tag = "\(info.st_ino)-\(info.st_mtim.tv_sec)-\(info.st_mtim.tv_nsec)-\(size)"
    if let redaction = manner.redaction, manner.type == nil, !binary.contains(ending), isText(path) {
      let pass = ending == "html" && request.headers[.accept]?.contains("text/html") == true ? manner.pass : nil
      let whole = "\"\(tag)-\(redaction.tag)-\(pass ?? "")\""
      headers[.eTag] = whole
      if request.headers[.ifNoneMatch] == whole { return Response(status: .notModified, headers: headers) }
      guard let pass, size <= mostPage else {
        return Response(status: .ok, headers: headers, body: size == 0 ? .init() : text(path, redaction))
      }
      let page = redaction.bytes(try AtomicFile.read(path, atMost: mostPage))
      return Response(
        status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: passing(page, pass))))
    }
    return ranged(path, size: size, tag: "\"\(tag)\"", headers, request, manner.kept)
  }

  private static func ranged(
    _ path: String, size: Int, tag: String, _ headers: HTTPFields, _ request: Request,
    _ kept: (any AnyObject & Sendable)?
  ) -> Response {
    var headers = headers
    headers[.acceptRanges] = "bytes"
    headers[.eTag] = tag
    if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
    // A range of an older version of the file would be pieced together with one of this.
    let asked = request.headers[.ifRange].map { $0 == tag } ?? true ? request.headers[.range] : nil
    switch ByteRange(asked, size: size) {
    case .whole:
      return Response(status: .ok, headers: headers, body: body(path, 0..<size, kept))
    case .part(let range):
      headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
      return Response(status: .partialContent, headers: headers, body: body(path, range, kept))
    case .none:
      headers[.contentRange] = "bytes */\(size)"
      headers[.contentDisposition] = nil
      headers[.contentType] = nil
      return Response(status: .rangeNotSatisfiable, headers: headers)
    }
  }

  /// Read in parts as the client takes them.
  private static func body(_ path: String, _ range: Range<Int>, _ kept: (any AnyObject & Sendable)?) -> ResponseBody {
    if range.isEmpty { return ResponseBody() }
    return ResponseBody(contentLength: range.count) { writer in
      guard let file = FileHandle(forReadingAtPath: path) else { throw Refusal.notFound("there is no such file") }
      defer { try? file.close() }
      try file.seek(toOffset: UInt64(range.lowerBound))
      var left = range.count
      while left > 0 {
        guard let part = try file.read(upToCount: min(left, 1 << 17)), !part.isEmpty else {
          throw Refusal(.internalServerError, "the file is shorter than it was", kind: "internal")
        }
        left -= part.count
        try await writer.write(ByteBuffer(bytes: part))
      }
      try await writer.finish(nil)
      withExtendedLifetime(kept) {}
    }
  }

  // MARK: Texts

  /// The same without paths of this machine. How long it is then shows at its end, and so it has no ranges.
  private static func text(_ path: String, _ redaction: Redaction) -> ResponseBody {
    ResponseBody { writer in
      guard let file = FileHandle(forReadingAtPath: path) else { throw Refusal.notFound("there is no such file") }
      defer { try? file.close() }
      var stream = Redaction.Stream(redaction)
      while let part = try file.read(upToCount: 1 << 17), !part.isEmpty {
        let settled = stream.take(part)
        if !settled.isEmpty { try await writer.write(ByteBuffer(bytes: settled)) }
      }
      try await writer.write(ByteBuffer(bytes: stream.end()))
      try await writer.finish(nil)
    }
  }

  /// Whatever it is called: a text has no zeros.
  private static func isText(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    return (try? file.read(upToCount: 4_096))?.contains(0) != true
  }

  /// A page whose sound and pictures beside it are asked for with a pass: `src="./a.wav"` becomes `src="./a.wav?pass=…"`. It has no
  /// icon, for which a browser would ask without.
  static func passing(_ page: [UInt8], _ pass: String) -> [UInt8] {
    let mark = Array(" src=\"./".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(page.count + 4_096)
    var copied = 0
    let head = Array("<head>".utf8)
    if let start = page.prefix(4_096).firstRange(of: head) {
      out += page[..<start.upperBound] + Array("<link rel=\"icon\" href=\"data:,\">".utf8)
      copied = start.upperBound
    }
    while let start = page[copied...].firstRange(of: mark),
      let end = page[start.upperBound...].firstIndex(of: UInt8(ascii: "\""))
    {
      out += page[copied..<end]
      if !page[start.upperBound..<end].contains(UInt8(ascii: "?")) { out += Array("?pass=\(pass)".utf8) }
      copied = end
    }
    return out + page[copied...]
  }
}

/// The header `Range` (RFC 9110, 14): one range of bytes; several, or none that can be understood, ask for the whole.
enum ByteRange: Equatable {
  case whole
  case part(Range<Int>)
  /// Nothing of it is there.
  case none

  init(_ header: String?, size: Int) {
    self = .whole
    guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return }
    let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return }
    switch (Int(ends[0]), Int(ends[1])) {
    case (let first?, _) where first >= size: self = .none
    case (let first?, let last?): if first <= last { self = .part(first..<min(last, size - 1) + 1) }
    case (let first?, nil): if ends[1].isEmpty { self = .part(first..<size) }
    case (nil, let count?) where ends[0].isEmpty:
      self = count == 0 || size == 0 ? .none : .part(max(0, size - count)..<size)
    default: return
    }
  }
}
