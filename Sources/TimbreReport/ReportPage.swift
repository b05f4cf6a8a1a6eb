import TimbreCore

extension RunReport {
  /// The page: it loads nothing but the audio files beside it, and the same report gives the same bytes.
  public func html() -> String {
    var page = HTML()
    page.begin(title: title)
    page.element("p", verdict.text, class: "verdict \(verdict.level.rawValue)")
    page.raw("<div class=\"page\">")
    let sections = sections
    page.raw("<nav aria-label=\"Contents\"><ol>")
    page.raw("<li><a href=\"#result\">Result</a></li>")
    for section in sections { page.raw("<li><a href=\"#\(section.id)\">\(Markup.escape(section.title))</a></li>") }
    page.raw("</ol></nav><main id=\"result\">")
    page.element("h1", title)
    if !description.isEmpty { page.element("p", description, class: "lead") }
    if !summary.isEmpty { page.element("p", summary) }
    writeMetrics(to: &page)
    for section in sections {
      page.raw("<section id=\"\(section.id)\">")
      page.element("h2", section.title)
      section.write(&page)
      page.raw("</section>")
    }
    page.raw("</main></div></body></html>")
    return page.text
  }

  /// - Throws: An `.unwritableFile` diagnostic.
  public func write(to path: String) throws { try AtomicFile.write(html(), to: path) }

  struct Section {
    var id: String
    var title: String
    var write: (inout HTML) -> Void
  }

  /// Those sections that have something to show, in order.
  private var sections: [Section] {
    var sections: [Section] = []
    func add(_ id: String, _ title: String, when isPresent: Bool, _ write: @escaping (inout HTML) -> Void) {
      if isPresent { sections.append(Section(id: id, title: title, write: write)) }
    }
    add("confusion", "Confusions", when: confusion != nil, writeConfusion)
    add("classes", "Classes", when: !classes.isEmpty, writeClasses)
    add("folds", "Folds", when: !folds.isEmpty, writeFolds)
    add("training", "Training", when: hasHistory, writeHistory)
    add("inputs", "Features", when: !inputs.isEmpty, writeInputs)
    add("model", "Model", when: !parts.isEmpty, writeModel)
    add("split", "Split", when: !split.isEmpty, writeSplit)
    add("failed", "Failed clips", when: !failed.isEmpty, writeFailed)
    add("passed-over", "Passed-over files", when: !passedOver.isEmpty, writePassedOver)
    add("near-identical", "Near-identical clips", when: !nearIdentical.isEmpty, writeNearIdentical)
    add("clips", "Sample clips", when: !clips.isEmpty, writeClips)
    add("timings", "Timings", when: !timings.isEmpty, writeTimings)
    add("provenance", "Provenance", when: !provenance.isEmpty || !workflow.isEmpty || !command.isEmpty, writeProvenance)
    add("files", "Files", when: !files.isEmpty, writeFiles)
    return sections
  }
}
