import Foundation
import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreWorkflow

/// How the server is: for whoever watches over it.
struct HealthRoutes {
  let studio: Studio

  func add(to api: some RouterMethods<Studio.Context>) {
    api.get("/health") { _, _ in
      Answer.json([
        "status": "ready", "version": .string(Timbre.version), "workers": .int(studio.options.workers),
        "busy": .int(await studio.pool.busy), "queued": .int(await studio.pool.queued),
        "models": .int(studio.models.all().count),
      ])
    }
    api.get("/openapi.json") { _, _ in try studio.pages.assets.answer("openapi.json", isVersioned: false) }
    api.get("/metrics") { _, _ in
      let gauges: [(name: String, help: String, value: Double)] = [
        ("workers_busy", "Workers that are at work.", Double(await studio.pool.busy)),
        ("work_queued", "Requests that wait for a worker.", Double(await studio.pool.queued)),
        ("runs_working", "Runs under way.", Double(await studio.runs.working)),
        ("runs_waiting", "Runs that wait for the one before them.", Double(await studio.runs.waiting)),
        ("resident_bytes", "Memory of the server without its workers.", Double(Self.residentBytes)),
      ]
      return Answer.text(studio.meter.text(gauges: gauges), type: "text/plain; version=0.0.4; charset=utf-8")
    }
  }

  /// The second number of /proc/self/statm, in pages.
  private static var residentBytes: Int {
    let words = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return words.count > 1 ? (Int(words[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }
}
