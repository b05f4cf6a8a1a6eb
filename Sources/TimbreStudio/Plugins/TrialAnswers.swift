import Foundation
import TimbreAudio
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// What comes of a trial, as parts of a JSON object.
extension Trial {
  func feature() throws -> String {
    let made = try TrialError.within("parameters") {
      try PluginRequest(id: plugin.id, parameters: members).feature(bench.registry)
    }
    let matrix: FeatureMatrix
    let signal: Signal
    switch made {
    case .extractor(let extractor):
      signal = try self.signal()
      matrix = try TrialError.within("parameters") { try extractor.extract(from: signal) }
    case .transform(let transform):
      let source = try source()
      signal = try self.signal()
      let read = try TrialError.within("of_parameters") { try source.extract(from: Analysis(of: signal)) }
      matrix = try TrialError.within("parameters") { try transform.transform(read) }
    }
    let shown = try show(matrix, id: plugin.id)
    return isPart ? shown : shown + ", \"sound\": \(try sound(signal, withMel: false))"
  }

  func augmentation() throws -> String {
    let step = try TrialError.within("parameters") {
      try PluginRequest(id: plugin.id, parameters: members).augmentation(bench.registry)
    }
    var draws = Draws(RandomSource(seed: arguments["seed"]?.stringValue.flatMap { UInt64($0) } ?? 0))
    guard step.isForFeatures else {
      let before = try signal()
      let after = try TrialError.within("parameters") { try step.apply(to: before, drawing: &draws) }
      // One scale for both, so that what is louder looks louder.
      let peak = max(Self.peak(before), Self.peak(after))
      return try drawn(draws)
        + ", \"before\": \(sound(before, peak: peak)), \"after\": \(sound(after, peak: peak))"
    }
    let source = try source()
    let signal = try signal()
    let before = try TrialError.within("of_parameters") { try source.extract(from: Analysis(of: signal)) }
    let after = try TrialError.within("parameters") { try step.apply(to: before, drawing: &draws) }
    return try drawn(draws)
      + ", \"unchanged\": {\"plugin\": \(JSONValue.string(sourceID))\(show(before, id: sourceID))}"
      + show(after, id: sourceID) + (isPart ? "" : ", \"sound\": \(sound(signal, withMel: false))")
  }

  private func drawn(_ draws: Draws) -> String {
    ", \"drawn\": \(JSONValue.object(draws.record.map { .init($0.name, $0.value) }))"
  }

  private func show(_ matrix: FeatureMatrix, id: String) throws -> String {
    try TrialError.within("parameters") {
      try matrix.requireFinite()
      let cells = FeatureCells(matrix, scale: .automatic, widest: 1_200, tallest: 512)
      let colors: JSONValue = [
        "lower": .number(cells.lower), "upper": .number(cells.upper), "unit": .string(cells.unit),
        "decibels_to": cells.reference.map { .number($0) } ?? .null,
      ]
      let window = FeatureWindow(matrix, wish, isNonNegative: matrix.values.allSatisfy { !($0 < 0) })
      let head: [JSONValue.Member] = [
        .init("feature", .string(id)), .init("plugin", .string(id)), .init("bins", .int(matrix.binCount)),
        .init("frames", .int(matrix.frameCount)),
      ]
      var text = ", \"shape\": [\(matrix.binCount), \(matrix.frameCount)]"
      if !isPart {
        text += ", \"picture\": \(JSONValue.string(try HeatMap.svg(matrix, options: .init(title: id)).inline))"
      }
      return text + ", \"feature\": " + window.json(head, axes: matrix.axes, cells: colors)
    }
  }

  private var wish: FeatureWindow.Wish {
    let window = arguments["window"]
    var wish = FeatureWindow.Wish()
    wish.firstFrame = window?["first_frame"]?.intValue ?? 0
    wish.frames = window?["frames"]?.intValue
    wish.firstBin = window?["first_bin"]?.intValue ?? 0
    wish.bins = window?["bins"]?.intValue
    wish.columns = max(1, min(FeatureWindow.Wish.mostColumns, window?["columns"]?.intValue ?? 1_000))
    wish.rows = max(1, min(256, window?["rows"]?.intValue ?? 256))
    return wish
  }

  private static func peak(_ signal: Signal) -> Float { signal.samples.reduce(0) { max($0, abs($1)) } }

  /// What there is to hear and to see of a signal.
  private func sound(_ signal: Signal, peak: Float? = nil, withMel: Bool = true) throws -> String {
    try TrialError.within("load") {
      guard signal.samples.count <= Self.mostSamples else {
        throw Diagnostic(
          .outOfRange, "the sound would have \(short(signal.duration.rounded(.up))) s at \(signal.sampleRate) Hz",
          help: "take a shorter part, or a lower rate", subject: "duration")
      }
    }
    return try TrialError.within("parameters") {
      let audio = Data(try AudioFile.encode(signal, as: .flac)).base64EncodedString()
      var members: [JSONValue.Member] = [
        .init("sample_rate", .int(signal.sampleRate)), .init("samples", .int(signal.samples.count)),
        .init("seconds", .number(signal.duration)),
        .init("peak", .number(Double(Self.peak(signal)))),
      ]
      var picture: SVG?
      if withMel, case .extractor(let mel)? = try bench.registry.features["feature.melspectrogram"]?.make([]),
        let made = try? HeatMap.svg(mel.extract(from: signal), options: .init(title: "Mel spectrogram"))
      {
        picture = made
      }
      members.append(
        .init("waveform", .string(Waveform.svg(signal, peak: peak, inLineWith: picture).inline)))
      if let picture { members.append(.init("mel", .string(picture.inline))) }
      members.append(.init("audio", .string(audio)))
      return JSONValue.object(members).description
    }
  }
}
