import TimbreCore

/// The sections on how well the model did.
extension RunReport {
  package func writeMetrics(to page: inout HTML) {
    if metrics.isEmpty { return }
    page.raw("<div class=\"metrics\">")
    for metric in metrics {
      page.raw("<div class=\"metric\">")
      page.element("div", metric.name, class: "name")
      page.element("div", Numbers.fixed(metric.value, 3), class: "value")
      var words: [String] = []
      if let interval = metric.interval {
        words.append(
          "95\u{202F}% CI \(Numbers.fixed(interval.lowerBound, 3)) to \(Numbers.fixed(interval.upperBound, 3))")
      }
      words += metric.baselines.map { "\($0.name) \(Numbers.fixed($0.value, 3))" }
      let sentence = "\(metric.name) \(Numbers.fixed(metric.value, 3)), " + words.joined(separator: ", ")
      let gauge = BarChart.gauge(
        metric.value, interval: metric.interval, baselines: metric.baselines.map(\.value), title: sentence)
      page.raw(gauge.inline)
      for word in words { page.element("div", word, class: "more") }
      if !metric.note.isEmpty { page.element("div", metric.note, class: "more") }
      page.raw("</div>")
    }
    page.raw("</div>")
  }

  func writeConfusion(to page: inout HTML) { writeConfusion(to: &page, link: nil) }

  package func writeConfusion(to page: inout HTML, link: ConfusionMatrix.CellLink?) {
    guard let confusion else { return }
    page.element(
      "p", "Rows are the true classes, columns what the model said. Shades and percentages are shares of the row.")
    page.figure(confusion.svg(link: link), isBroad: true)
  }

  package func writeClasses(to page: inout HTML) {
    page.raw("<div class=\"pair\"><div>")
    let rows = classes.map { score in
      [
        HTML.Cell.name(score.label), .number(Numbers.fixed(score.precision, 3)),
        .number(Numbers.fixed(score.recall, 3)),
        .number(Numbers.fixed(score.f1, 3)), .number(Numbers.grouped(score.support)),
      ]
    }
    let count = Double(classes.count)
    let footer: [HTML.Cell] = [
      .name("mean"), .number(Numbers.fixed(classes.map(\.precision).reduce(0, +) / count, 3)),
      .number(Numbers.fixed(classes.map(\.recall).reduce(0, +) / count, 3)),
      .number(Numbers.fixed(classes.map(\.f1).reduce(0, +) / count, 3)),
      .number(Numbers.grouped(classes.map(\.support).reduce(0, +))),
    ]
    page.table(
      [.text("class"), .number("precision"), .number("recall"), .number("F1"), .number("support")], rows,
      footer: footer,
      label: "Scores of each class")
    page.raw("</div><div>")
    page.figure(
      BarChart.svg(
        title: "Scores of each class", labels: classes.map(\.label),
        series: [.init("F1", classes.map(\.f1)), .init("recall", classes.map(\.recall))]))
    page.raw("</div></div>")
  }

  package func writeFolds(to page: inout HTML) {
    func summary(_ values: [Double]) -> HTML.Cell {
      let spread = Spread(values)
      return .number("\(Numbers.fixed(spread.mean, 3)) ± \(Numbers.fixed(spread.deviation, 3))")
    }
    page.table(
      [.text("fold"), .number("rows")] + ShownScore.compared.map { .number($0.name) },
      folds.map { fold in
        [
          .name(fold.name), .number(Numbers.grouped(fold.rows)), .number(Numbers.fixed(fold.accuracy, 3)),
          .number(Numbers.fixed(fold.uar, 3)), .number(Numbers.fixed(fold.macroF1, 3)),
        ]
      },
      footer: [
        .name("mean ± standard deviation"), .number(""), summary(folds.map(\.accuracy)), summary(folds.map(\.uar)),
        summary(folds.map(\.macroF1)),
      ], label: "Scores of each fold")
  }

  /// Whether there is a training to show, of the only model or of a fold's.
  package var hasHistory: Bool { !history.isEmpty || folds.contains { !$0.history.isEmpty } }

  package func writeHistory(to page: inout HTML) {
    let curves =
      history.isEmpty ? folds.map { LearningCurves.Fold($0.name, $0.history) } : [LearningCurves.Fold("", history)]
    let charts = [LearningCurves.loss(folds: curves), LearningCurves.accuracy(folds: curves)].compactMap { $0 }
    page.raw("<div class=\"pair\">")
    for chart in charts { page.figure(chart) }
    page.raw("</div>")
    if history.isEmpty { return writeEnds(to: &page) }
    let names = history.reduce(into: [String]()) { names, record in
      names += record.entries.map(\.name).filter { !names.contains($0) }
    }
    page.raw("<details><summary>All \(history.count) epochs</summary>")
    page.table(
      [.number("epoch")] + names.map { .number($0) },
      history.map { record in
        [.number(String(record.epoch))] + names.map { .number(record[$0].map { Numbers.short($0) } ?? "") }
      }, label: "Training history")
    page.raw("</details>")
  }

  /// How the training of each fold ended.
  private func writeEnds(to page: inout HTML) {
    let trained = folds.filter { !$0.history.isEmpty }
    let names = trained.first?.history.last?.entries.map(\.name) ?? []
    page.raw("<details><summary>The last epoch of \(trained.count) folds</summary>")
    page.table(
      [.text("fold"), .number("epoch")] + names.map { .number($0) },
      trained.map { fold in
        let last = fold.history.last
        return [.name(fold.name), .number(String(last?.epoch ?? 0))]
          + names.map { .number(last?[$0].map { Numbers.short($0) } ?? "") }
      }, label: "The last epoch of each fold")
    page.raw("</details>")
  }
}
