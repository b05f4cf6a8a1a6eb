import TimbreCore
import TimbreReport
import TimbreWorkflow

/// How a run stands: its facts, its progress, or why it came to no good end.
extension RunPage {
  /// Where its progress is shown, and where it is stopped.
  static func writeLive(_ id: String, to html: inout HTML) {
    html.raw(
      "<section class=\"progress\" aria-label=\"Progress\"><p id=\"run-status\" role=\"status\" class=\"status\"></p>")
    html.raw("<div id=\"live\" data-run=\"\(Markup.escape(id))\" hidden></div></section>")
  }

  func writeState(_ run: JSONValue, to html: inout HTML) {
    let state = RunListing.state(run)
    // Progress says by itself how it stands.
    var words = isHere ? [] : [RunsPage.state(state)]
    if let started = run["started"]?.stringValue { words.append("started \(RunsPage.time(started))") }
    for (key, name) in [("clips", "clips"), ("columns", "columns"), ("parameters", "parameters of the model")] {
      if let count = run[key]?.intValue { words.append("\(Numbers.grouped(count)) \(name)") }
    }
    html.raw("<p class=\"facts\">\(words.joined(separator: " · "))</p>")
    if state == RunFolder.State.running.rawValue, !isHere {
      if let parent = id.split(separator: ":").first, id.contains(":") {
        html.raw("<p>It is a trial that is under way: <a href=\"\(RunAddress.run(String(parent)))\">its experiment</a>")
        html.raw(" is where it is watched and stopped.</p>")
      } else {
        html.element(
          "p", "It is under way in another program, and is stopped there. Load this page again to see how it stands.")
      }
    }
    if let error = run["error"]?.stringValue { writeError(error, isInterrupted: state == "interrupted", to: &html) }
  }

  /// What the command line has said: `error: message [kind]`, and lines of help.
  private func writeError(_ text: String, isInterrupted: Bool, to html: inout HTML) {
    if isInterrupted {
      html.raw("<p>It was stopped before it had finished. <code>timbre run --resume</code> goes on with it.</p>")
      return
    }
    let lines = text.split(separator: "\n").map { line in
      let words = line.trimmingPrefix { $0 == " " }.trimmingPrefix("error: ").trimmingPrefix("help: ")
      // The kind of an error is for programs.
      return words.last == "]" ? words.prefix(upTo: words.lastIndex(of: "[") ?? words.endIndex) : words
    }
    for (index, line) in lines.enumerated() {
      html.element(
        "p", Pages.sentence(String(line.reversed().drop { $0 == " " }.reversed())), class: index == 0 ? "bad" : "muted")
    }
  }
}
