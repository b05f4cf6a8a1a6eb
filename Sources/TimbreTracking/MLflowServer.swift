import TimbreCore
import TimbreTools

/// Where a tracking server is and how one enters, named as MLflow's own clients name it.
public struct MLflowServer: Sendable {
  /// Without a slash at its end.
  public let url: String
  /// The experiment to log to.
  public let experiment: String
  let credentials: WebRequest.Credentials
  /// Seconds.
  let patience: Int
  let certificates: String?
  let trustsAnyone: Bool
  let user: String?

  /// - Parameters:
  ///   - url: Of the command line; nil asks MLFLOW_TRACKING_URI.
  ///   - experiment: Of the command line; nil asks MLFLOW_EXPERIMENT_NAME.
  ///   - fallback: The experiment that is meant where nobody names one.
  /// - Returns: nil where no server is named.
  /// - Throws: `.outOfRange` for what is no address of a server.
  public init?(url named: String?, experiment: String?, fallback: String, environment: [String: String]) throws {
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    guard let text = named ?? variable("MLFLOW_TRACKING_URI"), text != "off" else { return nil }
    let place = named == nil ? "MLFLOW_TRACKING_URI" : "--mlflow"
    guard let scheme = ["http://", "https://"].first(where: text.hasPrefix), text.count > scheme.count,
      !text.contains(where: { $0.isWhitespace || $0.isNewline })
    else {
      throw Diagnostic(
        .outOfRange, "\(place) \"\(text)\" is no address of a server",
        help: "it begins with http:// or https://; \"--mlflow off\" logs nowhere")
    }
    // What the command line says ends up in the run folder.
    guard !text.dropFirst(scheme.count).prefix(while: { $0 != "/" }).contains("@") else {
      throw Diagnostic(
        .outOfRange, "\(place) holds a name or a password",
        help: "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN")
    }
    url = String(text.reversed().drop { $0 == "/" }.reversed())
    self.experiment = experiment ?? variable("MLFLOW_EXPERIMENT_NAME") ?? fallback
    if let name = variable("MLFLOW_TRACKING_USERNAME") {
      credentials = .user(name, password: variable("MLFLOW_TRACKING_PASSWORD") ?? "")
    } else {
      credentials = variable("MLFLOW_TRACKING_TOKEN").map { .token($0) } ?? .none
    }
    patience = variable("MLFLOW_HTTP_REQUEST_TIMEOUT").flatMap { Int($0) }.map { min(max($0, 1), 3_600) } ?? 15
    certificates = variable("MLFLOW_TRACKING_SERVER_CERT_PATH")
    trustsAnyone = variable("MLFLOW_TRACKING_INSECURE_TLS") == "true"
    user = variable("USER") ?? variable("LOGNAME")
  }

  func request(_ path: String) -> WebRequest {
    var request = WebRequest(url + path)
    request.credentials = credentials
    request.patience = patience
    request.certificates = certificates
    request.trustsAnyone = trustsAnyone
    return request
  }
}
