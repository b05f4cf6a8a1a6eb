import Foundation
import Hummingbird
import Synchronization
import TimbreCore

/// What lets the sound and the pictures beside a run's page in. The page has an origin of its own, so that a browser sends no cookie
/// for what it loads, and takes it for another site's: whoever has the page knows the run's pass, and nobody else does.
final class Passes: Sendable {
  private let known = Mutex([String: String]())

  /// The run's, made up at the first time.
  func pass(for run: String) -> String {
    known.withLock { known in
      if let pass = known[run] { return pass }
      if known.count > 10_000 { known = [:] }
      let pass = Studio.newToken()
      known[run] = pass
      return pass
    }
  }

  /// Whether a request for a file of a run shows its pass.
  func admit(_ request: Request) -> Bool {
    guard request.method == .get, let given = request.query("pass") else { return false }
    let parts = request.uri.path.split(separator: "/", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    // "", api, v1, runs, ID, files/…
    guard parts.count == 6, parts[1...3] == ["api", "v1", "runs"], parts[5].hasPrefix("files/"),
      ["wav", "flac", "ogg", "mp3", "png"].contains(parts[5].split(separator: ".").last.map(String.init) ?? ""),
      let run = parts[4].removingPercentEncoding, let pass = known.withLock({ $0[run] })
    else { return false }
    return Secret.same(given, pass)
  }
}
