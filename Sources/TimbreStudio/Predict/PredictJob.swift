import Foundation
import TimbreAudio
import TimbreCore
import TimbreReport
import TimbreWorkflow

extension Job {
  /// What a bundle says of a file, as `timbre predict --json` says it; with `detail`, also a piece of a page that shows why.
  ///
  /// Arguments: `path`, `name`, `model` (a folder), `detail`.
  static let predict = Job(name: "predict") { arguments, bench in
    let path = arguments["path"]?.stringValue ?? ""
    let name = arguments["name"]?.stringValue ?? path
    let bundle = try bench.bundle(arguments["model"]?.stringValue ?? "")
    let info: AudioInfo
    do {
      info = try bench.checked(path)
    } catch let diagnostic as Diagnostic {
      return Prediction(file: name, result: .failure(diagnostic)).json
    }
    var prediction = bundle.predict(path)
    prediction.file = name
    var members = prediction.json.members ?? []
    if arguments["detail"]?.boolValue == true, case .success(let answer) = prediction.result {
      members += try PredictionDetail(answer, bundle, path: path, info: info, bench: bench).members
    }
    return .object(members)
  }
}

/// What stands behind one prediction: the bars, the audio as the model hears it, the vector's parts, and what was done.
private struct PredictionDetail {
  var members: [JSONValue.Member]

  init(_ answer: Prediction.Answer, _ bundle: TimbreWorkflow.Bundle, path: String, info: AudioInfo, bench: Bench) throws
  {
    let options = bench.bounded(bundle.recipe.load)
    let signal = try load(.file(path), options: options).signal
    var page = HTML()
    page.raw("<div class=\"grid\"><div>")
    page.element("h3", "Probabilities")
    page.figure(
      BarChart.svg(
        title: "Probabilities", labels: answer.probabilities.map(\.label),
        series: [.init("probability", answer.probabilities.map { Double($0.value) })],
        marked: answer.probabilities.firstIndex { $0.label == answer.label }))
    page.element("h3", "What was done")
    page.raw("<ul>")
    for step in Self.steps(info, options, signal, shape: try bundle.recipe.shape()) {
      page.element("li", step)
    }
    page.raw("</ul></div><div>")
    page.element("h3", "As the model hears it")
    page.raw("<div class=\"player\" data-player></div>")
    var pictures: [SVG] = []
    if case .extractor(let mel)? = try bench.registry.features["feature.melspectrogram"]?.make([]) {
      pictures.append(try HeatMap.svg(mel.extract(from: signal), options: .init(title: "Mel spectrogram")))
    }
    // One under the other, with one axis of time.
    for picture in [Waveform.svg(signal, inLineWith: pictures.first)] + pictures {
      page.raw("<div data-playhead>")
      page.figure(picture)
      page.raw("</div>")
    }
    page.raw("</div></div><details open>")
    switch try bundle.recipe.shape() {
    case .vector:
      page.element("summary", "The vector’s parts")
      page.figure(VectorChart.svg(try Self.parts(of: signal, bundle.recipe)), isBroad: true)
    case .sequence:
      page.element("summary", "The features whose frames the model reads in order")
      for (node, feature) in zip(bundle.recipe.nodes, try bundle.recipe.features(of: signal)) {
        page.figure(try HeatMap.svg(feature, options: .init(title: node.name)), caption: node.name)
      }
    }
    page.raw("</details>")
    let audio = Data(try AudioFile.encode(signal, as: .flac)).base64EncodedString()
    members = [.init("html", .string(page.text)), .init("audio", .string(audio))]
  }

  private static func parts(of signal: Signal, _ recipe: Recipe) throws -> [VectorChart.Part] {
    let row = try recipe.row(of: signal).values
    var parts: [VectorChart.Part] = []
    for (column, value) in zip(try recipe.columns(), row) {
      let name = "\(column.node).\(column.statistic)"
      if parts.last?.name == name {
        parts[parts.count - 1].values.append(value)
      } else {
        parts.append(.init(name, [value]))
      }
    }
    return parts
  }

  private static func steps(_ info: AudioInfo, _ options: LoadOptions, _ signal: Signal, shape: RowShape) -> [String] {
    func seconds(_ value: Double) -> String { Numbers.fixed(value, 2) + " s" }
    var steps = [
      "\(info.format), \(Numbers.grouped(info.sampleRate)) Hz, \(info.duration.map(seconds) ?? "of unknown length")"
    ]
    if info.channels > 1 { steps.append("mixed from \(info.channels) channels to one") }
    let end = options.offset + signal.duration
    if options.offset > 0 || (info.duration ?? 0) > end + 0.01 {
      steps.append("cropped to \(seconds(options.offset)) – \(seconds(end))")
    }
    if let wanted = options.duration, signal.duration < wanted - 0.01, wanted < 600 {
      steps.append("the model was trained on \(seconds(wanted)); here are \(seconds(signal.duration))")
    }
    if info.sampleRate != signal.sampleRate {
      steps.append("resampled from \(Numbers.grouped(info.sampleRate)) to \(Numbers.grouped(signal.sampleRate)) Hz")
    }
    steps.append("described by \(shape.columns) numbers\(shape.isSequence ? " a frame" : ""), scaled as in training")
    return steps
  }
}
