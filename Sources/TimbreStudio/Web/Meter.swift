import HTTPTypes
import Hummingbird
import Synchronization

/// Counts for Prometheus, in its text format (version 0.0.4).
final class Meter: Sendable {
  private struct Route: Hashable, Comparable {
    var route: String
    var method: String
    var status: Int

    static func < (a: Route, b: Route) -> Bool { (a.route, a.method, a.status) < (b.route, b.method, b.status) }
  }

  private struct Histogram {
    var counts = [Int](repeating: 0, count: Meter.bounds.count)
    var sum = 0.0
    var count = 0
  }

  private struct State {
    var requests: [Route: Int] = [:]
    var seconds: [String: Histogram] = [:]
    var counters: [String: Int] = [:]
  }

  static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
  private let state = Mutex(State())

  func count(route: String, method: String, status: Int, seconds: Double) {
    state.withLock { state in
      state.requests[Route(route: route, method: method, status: status), default: 0] += 1
      var histogram = state.seconds[route] ?? Histogram()
      for (index, bound) in Self.bounds.enumerated() where seconds <= bound { histogram.counts[index] += 1 }
      histogram.sum += seconds
      histogram.count += 1
      state.seconds[route] = histogram
    }
  }

  func count(_ name: String, by amount: Int = 1) { state.withLock { $0.counters[name, default: 0] += amount } }

  /// - Parameter gauges: What is so now: name, explanation, value.
  func text(gauges: [(name: String, help: String, value: Double)]) -> String {
    let state = state.withLock { $0 }
    var lines = [
      "# HELP timbre_http_requests_total Requests answered.", "# TYPE timbre_http_requests_total counter",
    ]
    for (route, count) in state.requests.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "timbre_http_requests_total{route=\"\(route.route)\",method=\"\(route.method)\",status=\"\(route.status)\"} \(count)"
      )
    }
    lines += [
      "# HELP timbre_http_request_seconds Time from a request's head to the head of its answer.",
      "# TYPE timbre_http_request_seconds histogram",
    ]
    for (route, histogram) in state.seconds.sorted(by: { $0.key < $1.key }) {
      for (bound, count) in zip(Self.bounds, histogram.counts) {
        lines.append("timbre_http_request_seconds_bucket{route=\"\(route)\",le=\"\(bound)\"} \(count)")
      }
      lines.append("timbre_http_request_seconds_bucket{route=\"\(route)\",le=\"+Inf\"} \(histogram.count)")
      lines.append("timbre_http_request_seconds_sum{route=\"\(route)\"} \(histogram.sum)")
      lines.append("timbre_http_request_seconds_count{route=\"\(route)\"} \(histogram.count)")
    }
    for (name, count) in state.counters.sorted(by: { $0.key < $1.key }) {
      lines += ["# TYPE timbre_\(name)_total counter", "timbre_\(name)_total \(count)"]
    }
    for gauge in gauges {
      lines += ["# HELP timbre_\(gauge.name) \(gauge.help)", "# TYPE timbre_\(gauge.name) gauge"]
      lines.append("timbre_\(gauge.name) \(gauge.value)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
