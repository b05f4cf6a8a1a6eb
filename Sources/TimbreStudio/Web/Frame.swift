import HTTPTypes
import Hummingbird
import Logging
import TimbreCore

/// Around every answer: errors as the client can read them, and headers that keep a page to itself.
struct Outermost<Context: RequestContext>: RouterMiddleware {
  let pages: Pages
  let meter: Meter
  let redaction: Redaction

  /// Script and style come from this server's own files alone; nothing is loaded from elsewhere.
  static var policy: String {
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
      + "connect-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
  }

  func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws
    -> Response
  {
    let start = ContinuousClock.now
    var response: Response
    do {
      response = try await next(request, context)
    } catch {
      response = answer(to: error, request, context)
    }
    Self.harden(&response)
    meter.count(
      route: context.endpointPath ?? "none", method: request.method.rawValue, status: response.status.code,
      seconds: (ContinuousClock.now - start) / .seconds(1))
    return response
  }

  private func answer(to error: any Error, _ request: Request, _ context: Context) -> Response {
    var refusal: Refusal
    if let known = Refusal(error) {
      refusal = known
    } else if let http = error as? HTTPError {
      refusal = Refusal(
        http.status, http.body ?? http.status.reasonPhrase.lowercased(),
        kind: http.status == .notFound ? "not_found" : "bad_request")
    } else {
      context.logger.error("\(request.method) \(request.uri.path): \(error)")
      refusal = Refusal(
        .internalServerError, "something went wrong here", help: "the server's log says more", kind: "internal")
    }
    refusal = refusal.redacted(redaction)
    // A program is answered in its own language, and so is a script of a page.
    var response =
      request.uri.path.hasPrefix("/api/") || request.headers[.accept]?.contains("text/html") != true
      ? Answer.json(refusal.json, status: refusal.status)
      : pages.error(refusal)
    if let seconds = refusal.retryAfter { response.headers[.retryAfter] = String(seconds) }
    return response
  }

  private static func harden(_ response: inout Response) {
    if response.headers[.contentSecurityPolicy] == nil { response.headers[.contentSecurityPolicy] = policy }
    response.headers[.xContentTypeOptions] = "nosniff"
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    for (name, value) in [
      ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
      ("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)"),
    ] {
      if let name = HTTPField.Name(name), response.headers[name] == nil { response.headers[name] = value }
    }
  }
}
