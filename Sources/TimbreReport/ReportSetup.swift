import TimbreCore

/// The sections on what went in: features, model, split, and what was left out.
extension RunReport {
  func writeInputs(to page: inout HTML) {
    if !inputSummary.isEmpty { page.element("p", inputSummary) }
    page.table(
      [.text("name"), .text("plugin"), .text("statistic"), .text("unit"), .number("columns")],
      inputs.map {
        [.name($0.name), .code($0.plugin), .text($0.statistic), .text($0.unit), .number(Numbers.grouped($0.columns))]
      },
      footer: [
        .name("all"), .text(""), .text(""), .text(""), .number(Numbers.grouped(inputs.map(\.columns).reduce(0, +))),
      ],
      label: "Parts of the classifier's input")
  }

  func writeModel(to page: inout HTML) {
    let total = parts.map(\.parameters).reduce(0, +)
    if !classifier.isEmpty {
      let count = total > 0 ? ", \(Numbers.grouped(total)) parameters" : ""
      let note = modelNote.isEmpty ? "" : ", \(modelNote)"
      page.raw("<p><code>\(Markup.escape(classifier))</code>\(Markup.escape(count + note)).</p>")
    }
    page.table(
      [.text("part"), .text("output shape"), .number("parameters")],
      parts.map { part in
        [
          .name(part.name), .text(part.shape.map(String.init).joined(separator: " × ")),
          .number(Numbers.grouped(part.parameters)),
        ]
      }, footer: [.name("all"), .text(""), .number(Numbers.grouped(total))], label: "Parts of the model")
  }

  package func writeSplit(to page: inout HTML) {
    let labels = split.reduce(into: [String]()) { labels, side in
      labels += side.classes.map(\.label).filter { !labels.contains($0) }
    }
    page.table(
      [.text("side"), .number("clips"), .number("rows"), .number("speakers")] + labels.map { .number($0) },
      split.map { side in
        let counts = labels.map { label in side.classes.first { $0.label == label }?.count ?? 0 }
        return [
          .name(side.name), .number(Numbers.grouped(side.clips)), .number(Numbers.grouped(side.rows)),
          .number(side.speakers.isEmpty ? "–" : String(side.speakers.count)),
        ] + counts.map { .number(Numbers.grouped($0)) }
      }, label: "Sides of the split: clips, rows, speakers, and clips of each class")
    if split.contains(where: { !$0.speakers.isEmpty }) {
      page.raw("<ul class=\"plain muted\">")
      for side in split where !side.speakers.isEmpty {
        page.element("li", "Speakers in \(side.name): " + side.speakers.joined(separator: ", "))
      }
      page.raw("</ul>")
    }
  }

  func writeFailed(to page: inout HTML) {
    let noun = failed.count == 1 ? "clip" : "clips"
    page.element("p", "\(Numbers.grouped(failed.count)) \(noun) could not be used and appear in no number above.")
    writeDiagnostics(failed, first: "clip", to: &page)
  }

  func writePassedOver(to page: inout HTML) {
    page.element(
      "p", "The dataset reader took no clip from \(Numbers.grouped(passedOver.count)) of the files it found.")
    writeDiagnostics(passedOver, first: "file", to: &page)
  }

  func writeNearIdentical(to page: inout HTML) {
    let count = nearIdentical.count
    page.element(
      "p",
      "\(count == 1 ? "One pair of clips is" : "\(Numbers.grouped(count)) pairs of clips are") one recording in different files. "
        + "They count as identical: the split keeps them on one side.")
    if count > 12 { page.raw("<details><summary>All \(Numbers.grouped(count))</summary>") }
    page.table(
      [.text("clip"), .text("and"), .number("bits that differ"), .number("correlation")],
      nearIdentical.map { pair in
        [
          .code(pair.first), .code(pair.second), .number(Numbers.fixed(pair.distance, 3)),
          .number(Numbers.fixed(pair.correlation, 3)),
        ]
      }, label: "Clips that are one recording")
    if count > 12 { page.raw("</details>") }
  }

  /// Long lists fold away; nothing is left out.
  private func writeDiagnostics(_ findings: [Diagnostic], first: String, to page: inout HTML) {
    let isLong = findings.count > 12
    if isLong { page.raw("<details><summary>All \(findings.count)</summary>") }
    page.table(
      [.text(first), .text("reason"), .text("kind")],
      findings.map { finding in
        let subject = finding.subject ?? finding.location?.file ?? ""
        return [
          .code(subject), .long([finding.message, finding.help ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")),
          .code(finding.kind.rawValue),
        ]
      }, label: "What was left out, and why")
    if isLong { page.raw("</details>") }
  }
}
