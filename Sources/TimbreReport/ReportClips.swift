import TimbreCore

/// The sections on single clips, and on the run itself.
extension RunReport {
  func writeClips(to page: inout HTML) {
    for clip in clips {
      page.raw("<article class=\"clip\">")
      page.element("h3", clip.id)
      var tags = tag(clip.label, "label")
      if let predicted = clip.predicted {
        tags += tag(predicted, "predicted", style: predicted == clip.label ? " right" : " wrong")
      }
      if let speaker = clip.speaker { tags += tag(speaker, "speaker") }
      page.raw("<div>\(tags)\(tag(clip.side, "side"))</div>")
      if !clip.probabilities.isEmpty, clip.probabilities.count == clip.classes.count {
        page.figure(
          BarChart.probabilities(clip.probabilities, labels: clip.classes, actual: clip.label),
          caption: "Probabilities the model gave; the true class in bold.")
      }
      page.raw("<div class=\"pair\">")
      for view in clip.views { write(view, of: clip, to: &page) }
      page.raw("</div>")
      if !clip.features.isEmpty {
        page.raw("<details open><summary>Features of the original view</summary><div class=\"pair\">")
        for picture in clip.features {
          page.raw("<div>")
          page.element("h4", picture.name)
          page.figure(picture.svg)
          page.raw("</div>")
        }
        page.raw("</div></details>")
      }
      page.raw("</article>")
    }
  }

  private func write(_ view: View, of clip: SampleClip, to page: inout HTML) {
    page.raw("<div>")
    page.element("h4", view.name)
    var words = view.chain
    if !view.drawn.isEmpty {
      let drawn = view.drawn.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
      words += (words.isEmpty ? "" : "; ") + "drawn: \(drawn)"
    }
    if !words.isEmpty { page.element("div", words, class: "detail") }
    if let audio = view.audio { writePlayer(of: audio, label: "\(clip.id), \(view.name)", to: &page) }
    if let waveform = view.waveform { page.figure(waveform) }
    for heard in view.heard {
      switch heard.outcome {
      case .audio(let path):
        page.element("div", "What \(heard.feature) keeps of it", class: "detail")
        writePlayer(of: path, label: "\(clip.id), \(view.name), resynthesised from \(heard.feature)", to: &page)
      case .failure(let reason):
        page.element("div", "\(heard.feature) cannot be turned back into sound: \(reason)", class: "detail")
      }
    }
    page.raw("</div>")
  }

  private func writePlayer(of path: String, label: String, to page: inout HTML) {
    page.raw(
      "<audio controls preload=\"none\" src=\"\(HTML.link(path))\" aria-label=\"\(Markup.escape(label))\"></audio>")
  }

  private func tag(_ value: String, _ name: String, style: String = "") -> String {
    "<span class=\"tag\(style)\"><span class=\"muted\">\(name)</span> \(Markup.escape(value))</span>"
  }

  func writeTimings(to page: inout HTML) {
    page.table(
      [.text("stage"), .number("seconds"), .number("amount"), .number("per second")],
      timings.map { timing in
        let rate = timing.amount.flatMap { timing.seconds > 0 ? Double($0) / timing.seconds : nil }
        return [
          .name(timing.name), .number(Numbers.fixed(timing.seconds, timing.seconds < 10 ? 2 : 1)),
          .number(timing.amount.map { "\(Numbers.grouped($0)) \(timing.counted)" } ?? ""),
          .number(rate.map { Numbers.short($0) } ?? ""),
        ]
      }, label: "Time that each stage took")
  }

  func writeProvenance(to page: inout HTML) {
    if !command.isEmpty { page.raw("<pre><code>\(Markup.escape(command))</code></pre>") }
    if !provenance.isEmpty {
      page.table(
        [.text("what"), .text("value")], provenance.map { [.name($0.name), .long($0.value)] },
        label: "Versions and settings")
    }
    if !workflow.isEmpty {
      page.raw(
        "<details><summary>The workflow as it ran</summary><pre><code>\(Markup.escape(workflow))</code></pre></details>"
      )
    }
  }

  func writeFiles(to page: inout HTML) {
    page.raw("<ul class=\"plain\">")
    for file in files {
      page.raw(
        "<li><a href=\"\(HTML.link(file.path))\"><code>\(Markup.escape(file.path))</code></a> "
          + "<span class=\"muted\">\(Markup.escape(file.note))</span></li>")
    }
    page.raw("</ul>")
  }
}
