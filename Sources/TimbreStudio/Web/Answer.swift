import HTTPTypes
import Hummingbird
import TimbreCore

/// Answers of the kinds that this server gives.
enum Answer {
  static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
    bytes(Array(value.pretty.utf8), type: "application/json; charset=utf-8", status: status)
  }

  static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    bytes(Array(text.utf8), type: "text/html; charset=utf-8", status: status)
  }

  static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
    bytes(Array(text.utf8), type: type)
  }

  static func bytes(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = type
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  static func redirect(to path: String) -> Response {
    Response(status: .seeOther, headers: [.location: path])
  }

  static let noContent = Response(status: .noContent)
}

extension Request {
  /// The whole body, where it is no larger than `limit` and comes in time.
  mutating func body(atMost limit: Int, seconds: Double) async throws -> [UInt8] {
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw Refusal(.contentTooLarge, "the body has \(length) bytes, at most \(limit) are taken", kind: "too_large")
    }
    let deadline = ContinuousClock.now + .seconds(seconds)
    var bytes: [UInt8] = []
    var parts = body.makeAsyncIterator()
    while let part = try await Self.next(&parts) {
      guard ContinuousClock.now < deadline else {
        throw Refusal(.requestTimeout, "the body takes too long", help: "send it at once", kind: "slow_upload")
      }
      bytes += part.readableBytesView
      guard bytes.count <= limit else {
        throw Refusal(.contentTooLarge, "the body has more than \(limit) bytes", kind: "too_large")
      }
    }
    return bytes
  }

  /// The next part of a body.
  /// - Throws: A `Refusal` for what is not sent as its head has said.
  static func next(_ parts: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
    do {
      return try await parts.next()
    } catch {
      throw Refusal(.badRequest, "the body breaks off", help: "send all of it", kind: "broken_body")
    }
  }

  func query(_ name: String) -> String? { uri.queryParameters[name[...]].map(String.init) }

  /// Every value of a parameter that may stand several times.
  func queries(_ name: String) -> [String] {
    uri.queryParameters.filter { $0.key == name[...] }.map { String($0.value) }
  }

  /// Whether a parameter is true; false where it is left out.
  /// - Throws: A `Refusal` for what is neither true nor false.
  func flag(_ name: String) throws -> Bool {
    let values = queries(name)
    guard let value = values.first else { return false }
    switch (values.count, value) {
    case (1, "true"), (1, "1"), (1, ""): return true
    case (1, "false"), (1, "0"): return false
    default:
      throw Refusal(.badRequest, "\(name) is neither true nor false: \(value)", kind: "bad_parameter")
    }
  }
}
