import HTTPTypes
import Hummingbird
import TimbreCore

/// Who may ask for what: stands before every route.
///
/// - A server that listens on this machine only answers to this machine's names, so that a foreign page cannot reach it by a
///   name of its own that it lets point here (DNS rebinding).
/// - What changes state has to come from the server's own pages, or from a program that is no browser.
/// - With a token, everything but the health check asks for it, and but for the sound of a run's page, which has a pass.
struct Access<Context: RequestContext>: RouterMiddleware {
  let options: StudioOptions
  let passes: Passes
  static var cookie: String { "timbre_token" }

  func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws
    -> Response
  {
    let host = request.head.authority ?? ""
    if options.isLocal, options.token == nil, !Self.isThisMachine(host) {
      throw Refusal(
        .misdirectedRequest, "this server does not answer to the name \(host)",
        help: "use localhost, or start it with --token", kind: "wrong_host")
    }
    if ![.get, .head, .options].contains(request.method) { try checkOrigin(request, host: host) }
    if let token = options.token, request.uri.path != "/api/v1/health", !request.uri.path.hasPrefix("/assets/"),
      !passes.admit(request)
    {
      if request.method == .get, let given = request.query("token") {
        guard Secret.same(given, token) else { throw Self.unauthorized }
        var response = Answer.redirect(to: request.uri.path)
        response.headers[.setCookie] = Self.cookie(token, isSecure: Self.isEncrypted(request))
        return response
      }
      guard Self.tokens(of: request).contains(where: { Secret.same($0, token) }) else { throw Self.unauthorized }
    }
    return try await next(request, context)
  }

  /// Lax, since links of a run's page, whose origin is its own, come from elsewhere to a browser; nothing changes state on GET.
  private static func cookie(_ token: String, isSecure: Bool) -> String {
    "\(cookie)=\(token); Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000\(isSecure ? "; Secure" : "")"
  }

  /// Whether the client has spoken TLS with a proxy. With several proxies, the first one says what the client did.
  private static func isEncrypted(_ request: Request) -> Bool {
    if let name = HTTPField.Name("X-Forwarded-Proto"), let text = request.headers[name] {
      return text.split(separator: ",").first?.filter { $0 != " " }.lowercased() == "https"
    }
    // RFC 7239: for=…;proto=https
    guard let name = HTTPField.Name("Forwarded"), let first = request.headers[name]?.split(separator: ",").first else {
      return false
    }
    return first.lowercased().split(separator: ";").contains { part in
      ["proto=https", "proto=\"https\""].contains(part.filter { $0 != " " })
    }
  }

  private static var unauthorized: Refusal {
    Refusal(
      .unauthorized, "this server asks for a token",
      help: "open the address with ?token=… that it printed at its start, or send Authorization: Bearer …",
      kind: "unauthorized")
  }

  private func checkOrigin(_ request: Request, host: String) throws {
    let foreign = Refusal(
      .forbidden, "the request comes from another site", help: "use the server's own pages", kind: "foreign_origin")
    if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name], site != "same-origin",
      site != "none"
    {
      throw foreign
    }
    guard let origin = request.headers[.origin] else { return }
    guard origin.lowercased() == "http://\(host.lowercased())" || origin.lowercased() == "https://\(host.lowercased())"
    else {
      throw foreign
    }
  }

  private static func isThisMachine(_ host: String) -> Bool {
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
    return ["localhost", "127.0.0.1", "[::1]"].contains(name.lowercased())
  }

  private static func tokens(of request: Request) -> [String] {
    var found: [String] = []
    if let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") {
      found.append(String(header.dropFirst(7)))
    }
    for pair in (request.headers[.cookie] ?? "").split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
      if parts.count == 2, parts[0] == cookie { found.append(parts[1]) }
    }
    return found
  }
}

/// What only those may know who are let in.
enum Secret {
  /// Without telling by its time how much of a guess is right.
  static func same(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
