import Foundation
import TimbreAudio
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// What is wrong with a trial, and with which field of its form.
struct TrialError: Error {
  var field: String
  var findings: [Diagnostic]

  static func within<Result>(_ field: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as RequestError {
      throw TrialError(field: field, findings: error.findings)
    } catch let diagnostic as Diagnostic {
      throw TrialError(field: field, findings: [diagnostic])
    }
  }

  /// Each finding with its field and, where one is meant, the parameter.
  /// - Parameter names: The parameters of that field.
  func json(names: [String]) -> JSONValue {
    .array(
      findings.map { finding in
        let parameter = field == "audio" ? nil : Self.parameter(of: finding, names)
        return .object(
          [
            .init("field", .string(field)), .init("parameter", parameter.map { .string($0) } ?? .null),
          ] + (finding.studioJSON.members ?? []))
      })
  }

  /// The subject where it leads into one of the parameters, else the first one that the message names.
  private static func parameter(of finding: Diagnostic, _ names: [String]) -> String? {
    if let subject = finding.subject, names.contains(String(subject.prefix { $0 != "." })) { return subject }
    let words = finding.message.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    return words.first { names.contains($0) }
  }
}

/// One plugin, tried on one sound.
struct Trial {
  /// Seconds of sound that are taken.
  static let longest = 30.0
  /// Samples of sound that are given back: a minute at 96 kHz.
  static let mostSamples = 5_760_000

  let arguments: JSONValue
  let bench: Bench
  let plugin: PluginDescription

  init(_ arguments: JSONValue, _ bench: Bench) throws {
    self.arguments = arguments
    self.bench = bench
    guard let plugin = bench.registry.description(of: arguments["id"]?.stringValue ?? "") else {
      throw Diagnostic(.unknownChoice, "there is no such plugin")
    }
    self.plugin = plugin
  }

  /// The answer as JSON.
  /// - Throws: A `TrialError`.
  func answer() throws -> String {
    let start = ContinuousClock.now
    let text: String
    switch plugin.kind {
    case .feature: text = try feature()
    case .augment: text = try augmentation()
    default: throw TrialError(field: "parameters", findings: [Diagnostic(.invalidParameters, "it cannot be tried")])
    }
    let took = (ContinuousClock.now - start) / .milliseconds(1)
    return "{\"plugin\": \(JSONValue.string(plugin.id)), \"milliseconds\": \(JSONValue.number(took))" + text + "}"
  }

  /// What the parameters of a field of the form are called.
  func names(ofField field: String) -> [String] {
    switch field {
    case "load": LoadOptions.parameters.map(\.description.name)
    case "of_parameters": bench.registry.description(of: sourceID)?.parameters.map(\.name) ?? []
    case "parameters": plugin.parameters.map(\.name) + ["probability"]
    default: []
    }
  }

  // MARK: What is asked for

  private var members: [JSONValue.Member] { arguments["parameters"]?.members ?? [] }
  private var sourceID: String {
    arguments["of"]?.stringValue
      ?? (plugin.kind == .feature
        ? ReferencePages(bench.registry, signal: Signal(samples: [], sampleRate: 22_050)).sourceID(of: plugin)
        : "feature.melspectrogram")
  }
  /// Only a part of the values is asked for, by a page that has the rest already.
  private var isPart: Bool { arguments["window"]?.members != nil }

  private func source() throws -> any FeatureExtractor {
    try TrialError.within("of_parameters") {
      let request = PluginRequest(id: sourceID, parameters: arguments["of_parameters"]?.members ?? [])
      guard case .extractor(let source) = try request.feature(bench.registry) else {
        throw Diagnostic(
          .invalidParameters, "\(sourceID) reads another feature itself",
          help: "name one that reads the signal, such as feature.mfcc; longer chains take a workflow")
      }
      return source
    }
  }

  private func signal() throws -> Signal {
    let options = try TrialError.within("load") {
      let given = arguments["load"] ?? [:]
      let findings = LoadOptions.parameterType.findings(in: given)
      guard findings.isEmpty, var options = LoadOptions(json: given) else {
        throw RequestError(findings.map(\.diagnostic))
      }
      // As on the command line: features at librosa's rate, augmenters at the recording's own.
      if plugin.kind == .augment, given["sample_rate"] == nil { options.sampleRate = nil }
      options.duration = min(options.duration ?? Self.longest, Self.longest)
      return options
    }
    return try TrialError.within("audio") {
      let source: AudioSource
      if let path = arguments["path"]?.stringValue {
        _ = try bench.checked(path)
        source = .file(path)
      } else {
        source = try (TrySample(rawValue: arguments["sample"]?.stringValue ?? "") ?? .voice).source(bench.registry)
      }
      return try load(source, options: options).signal
    }
  }

  // MARK: Answers

  private func feature() throws -> String {
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

  private func augmentation() throws -> String {
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
        .init("waveform", .string(Waveform.svg(signal, peak: peak).inline)),
      ]
      if withMel, case .extractor(let mel)? = try bench.registry.features["feature.melspectrogram"]?.make([]),
        let picture = try? HeatMap.svg(mel.extract(from: signal), options: .init(title: "Mel spectrogram"))
      {
        members.append(.init("mel", .string(picture.inline)))
      }
      members.append(.init("audio", .string(audio)))
      return JSONValue.object(members).description
    }
  }
}
