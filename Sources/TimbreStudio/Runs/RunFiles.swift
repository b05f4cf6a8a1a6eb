import Foundation
import HTTPTypes
import Hummingbird
import TimbreCore

/// Files of a run folder as a browser may have them: with ranges, so that a player can seek, and under a policy in which no
/// page of a run can do anything.
enum RunFiles {
  /// No script, nothing from elsewhere; style within the page, and the pictures and the audio beside it. The page keeps its
  /// origin, without which it could not load these; without script it can do nothing with it.
  static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; base-uri 'none'; "
    + "form-action 'none'; frame-ancestors 'self'; sandbox allow-same-origin"

  private static let shown = [
    "html": "text/html; charset=utf-8", "json": "application/json; charset=utf-8", "txt": "text/plain; charset=utf-8",
    "log": "text/plain; charset=utf-8", "png": "image/png", "svg": "image/svg+xml; charset=utf-8",
    "wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "mp3": "audio/mpeg",
  ]
  private static let saved = ["csv": "text/csv; charset=utf-8"]

  /// - Parameter kept: What has to stay until the file is sent.
  static func answer(
    _ path: String, to request: Request, type: String? = nil, keeping kept: (any AnyObject & Sendable)? = nil
  ) throws -> Response {
    let ending = (path.split(separator: "/").last ?? "").split(separator: ".").last.map { $0.lowercased() } ?? ""
    var info = stat()
    guard unsafe stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      throw Refusal.notFound("there is no such file")
    }
    let size = Int(info.st_size)
    var headers = HTTPFields()
    headers[.contentType] = type ?? shown[ending] ?? saved[ending] ?? "application/octet-stream"
    headers[.contentSecurityPolicy] = policy
    headers[.acceptRanges] = "bytes"
    headers[.cacheControl] = "no-cache"
    let tag = "\"\(info.st_ino)-\(info.st_mtim.tv_sec)-\(info.st_mtim.tv_nsec)-\(size)\""
    headers[.eTag] = tag
    if type == nil, shown[ending] == nil {
      let name = path.split(separator: "/").last.map(String.init) ?? "file"
      headers[.contentDisposition] = "attachment; filename*=UTF-8''\(RunAddress.encoded(name))"
    }
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
