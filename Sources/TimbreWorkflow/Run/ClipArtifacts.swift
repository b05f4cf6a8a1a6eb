import TimbreAudio
import TimbreCore
import TimbreEvaluation
import TimbreReport

extension Runner {
  /// Leaves the audio and the pictures of a few test clips in `clips/`, and returns what the report shows of them.
  func showClips(data: RunData, outcome: Outcome, list: ClipList) throws -> [RunReport.SampleClip] {
    let items = chosenItems(outcome)
    guard !items.isEmpty else { return [] }
    conditions.observer.began("pictures", unit: "clips")
    defer { conditions.observer.ended() }
    return try items.enumerated().map { count, item in
      if conditions.isCancelled() { throw Diagnostic(.cancelled, "interrupted") }
      let shown = try show(item: item, data: data, outcome: outcome)
      conditions.observer.advanced(to: count + 1, of: items.count, detail: nil)
      return shown
    }
  }

  /// Test clips evenly spaced over the classes, so that every class has its turn.
  private func chosenItems(_ outcome: Outcome) -> [Int] {
    let data = outcome.data
    var perClass = [[Int]](repeating: [], count: data.classes.count)
    var seen: Set<Int> = []
    for row in outcome.tested {
      let item = data.table.rows[row].item
      if seen.insert(item).inserted { perClass[data.truth[row]].append(item) }
    }
    let wanted = min(plan.artifacts.clips, seen.count)
    let rounds = max(1, (wanted + data.classes.count - 1) / data.classes.count)
    var chosen: [Int] = []
    for round in 0..<(perClass.map(\.count).max() ?? 0) {
      for (index, items) in perClass.enumerated() where round < items.count && chosen.count < wanted {
        // Speakers follow one another in most datasets: each class begins elsewhere, and rounds are far apart.
        let start = items.count * index / perClass.count
        let far = round < rounds ? items.count * round / rounds : round
        chosen.append(items[(start + far) % items.count])
      }
    }
    return Set(chosen).sorted()
  }

  private func show(item: Int, data: RunData, outcome: Outcome) throws -> RunReport.SampleClip {
    let clip = data.clips[data.clipOfItem[item]]
    let name = "clips/" + RunFolder.folderName(clip: clip.id)
    try folder.make(name)
    let loaded = try load(clip.source, options: plan.recipe.load)
    var shown = RunReport.SampleClip(id: clip.id, label: clip.label, speaker: clip.speaker, side: "test")
    if let index = outcome.tested.firstIndex(where: { data.table.rows[$0].item == item }) {
      shown.predicted = data.classes[outcome.predicted[index]]
      shown.probabilities = outcome.probabilities.row(index).map { Double($0) }
      shown.classes = data.classes
    }
    for (index, view) in plan.views.enumerated() {
      var draws = view.draws(seed: plan.seed, clip: clip.id)
      let signal = try view.apply(to: loaded.signal, drawing: &draws)
      let wave = Waveform.svg(signal, title: "Waveform of \(clip.id), \(view.name)")
      try AtomicFile.write(AudioFile.encode(signal, as: .wav), to: folder.file("\(name)/\(view.name).wav"))
      try wave.write(to: folder.file("\(name)/\(view.name).svg"))
      let features = try plan.recipe.features(of: signal, in: view, drawing: &draws)
      let pictures = try write(features, clip: clip.id, view: view.name, to: name)
      var page = RunReport.View(
        name: view.name, chain: view.steps.map(\.id).joined(separator: ", "),
        drawn: draws.record.map {
          RunReport.Drawn($0.name, $0.value.doubleValue.map(Numbers.short) ?? $0.value.plain)
        }, audio: "\(name)/\(view.name).wav", waveform: wave)
      if plan.artifacts.resynth {
        page.heard = try hear(features, of: signal, clip: clip.id, view: view.name, in: name)
      }
      shown.views.append(page)
      // The page shows one set of pictures a clip; the folder holds those of every view.
      if index == 0 { shown.features = pictures }
    }
    return shown
  }

  /// Turns the features that allow it back into sound, beside the audio that they come from.
  private func hear(
    _ features: [FeatureMatrix], of signal: Signal, clip: String, view: String, in name: String
  ) throws -> [RunReport.HeardFeature] {
    var heard: [RunReport.HeardFeature] = []
    for (node, feature) in zip(plan.recipe.nodes, features) {
      guard case .extractor(let extractor) = node.feature, let inverse = extractor as? any InvertibleFeature else {
        continue
      }
      var options = ResynthesisOptions()
      options.length = signal.samples.count
      var random = RandomSource(seed: plan.seed, clip, view, node.name)
      do {
        let sound = try inverse.checkedResynthesis(
          of: feature, sampleRate: signal.sampleRate, options: options, random: &random)
        let file = "\(name)/\(view).\(node.name).wav"
        try AtomicFile.write(AudioFile.encode(sound, as: .wav), to: folder.file(file))
        heard.append(.init(node.name, .audio(path: file)))
      } catch let diagnostic as Diagnostic where diagnostic.kind != .unwritableFile {
        // The model is trained: what cannot be heard is told, and stops nothing.
        heard.append(.init(node.name, .failure(reason: diagnostic.message)))
      }
    }
    return heard
  }

  private func write(
    _ features: [FeatureMatrix], clip: String, view: String, to name: String
  ) throws -> [RunReport.Picture] {
    return try zip(plan.recipe.nodes, features).map { node, feature in
      let file = "\(name)/\(view).\(node.name)"
      let title = "\(node.name) of \(clip), \(view)"
      try NPY.write(feature, to: folder.file(file + ".npy"))
      try AtomicFile.write(HeatMap.png(feature, options: .init(title: title)), to: folder.file(file + ".png"))
      return RunReport.Picture(node.name, try HeatMap.svg(feature, options: .init(title: title)))
    }
  }
}
