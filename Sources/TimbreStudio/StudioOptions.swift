/// How the server is set up.
public struct StudioOptions: Sendable {
  public var host = "127.0.0.1"
  public var port = 8080
  /// Bundles, or run folders that hold one, in the order in which they are offered.
  public var models: [String] = []
  /// The folder whose workflows and runs are shown. Nothing outside of it is read or written for a client.
  public var workspace = "."
  /// Folders outside of the workspace whose recordings workflows may read, where clients come from other machines.
  public var data: [String] = []
  /// Asked of every client; made up where the server listens beyond this machine and none is given.
  public var token: String?
  /// The MLflow tracking server that runs log to, http:// or https://.
  public var mlflow: String?
  /// Processes that decode and compute.
  public var workers = 2
  /// Requests that may wait for one of them; more are answered 503.
  public var queue = 32
  /// The program that carries out runs: `timbre`.
  public var timbre = "timbre"
  /// This program, to be started again as a worker.
  public var program = "/proc/self/exe"
  /// Style and script.
  public var assets = ""
  public var limits = Limits()

  public init() {}

  /// What one request may ask for.
  public struct Limits: Sendable {
    /// Bytes of one file.
    public var fileBytes = 64 << 20
    /// Bytes of all files of a request.
    public var totalBytes = 256 << 20
    public var files = 64
    /// Bytes of a form's other field, or of a body of JSON.
    public var fieldBytes = 8 << 20
    /// Seconds of one recording.
    public var audioSeconds = 600.0
    /// Samples of one recording, all channels, decoded.
    public var samples = 100_000_000
    /// Seconds for one piece of work.
    public var workSeconds = 30.0
    /// Seconds for the whole of an upload.
    public var uploadSeconds = 120.0
    /// Seconds for which a client may take nothing of its answer.
    public var stallSeconds = 60.0

    public init() {}
  }

  /// Whether only this machine can reach the server.
  public var isLocal: Bool { ["127.0.0.1", "localhost", "::1"].contains(host) }
}
