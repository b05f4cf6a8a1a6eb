import Foundation
import TimbreAudio
import TimbreCore
import TimbreReport
import TimbreWorkflow

extension Job {
  /// One view of a clip of a run, made again: its audio and features go to a folder, what they are is the answer.
  ///
  /// Arguments: `run`, `clip`, `view`, `file` and `hash` and `row` of `clips.csv`, `folder`.
  static let clipView = Job(name: "clip_view") { arguments, bench in
    func text(_ key: String) -> String { arguments[key]?.stringValue ?? "" }
    let replay = try bench.replay(text("run"))
    let view = try replay.view(
      text("view"), ofClip: text("clip"), listed: (text("file"), text("hash")), check: { _ = try bench.checked($0) })
    let folder = text("folder")
    func write(_ bytes: [UInt8], _ name: String) throws {
      do {
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
      } catch {
        throw Diagnostic(.unwritableFile, "there is no space for what was asked for", help: "free some space")
      }
    }
    let audio = try AudioFile.encode(view.signal, as: .wav)
    try write(audio, "audio.wav")
    var bytes = audio.count
    var features: [JSONValue] = []
    for (index, feature) in view.features.enumerated() {
      let matrix = feature.matrix
      try write(LittleEndian.bytes(matrix.values), "\(index).f32")
      try write(Array(FeatureFile(feature.name, feature.plugin, matrix).json.description.utf8), "\(index).json")
      bytes += matrix.values.count * 4
      features.append([
        "name": .string(feature.name), "plugin": .string(feature.plugin), "bins": .int(matrix.binCount),
        "frames": .int(matrix.frameCount), "hop": .number(matrix.axes.hop), "start": .number(matrix.axes.start),
        "unit": matrix.axes.valueUnit.map { .string($0.rawValue) } ?? .null,
      ])
    }
    let row = arguments["row"]?.intValue.flatMap { replay.row($0) }
    let info = view.info
    return [
      "bytes": .int(bytes),
      "answer": [
        "clip": .string(text("clip")), "view": .string(text("view")), "chain": replay.chain(of: text("view")).json,
        "drawn": .object(view.drawn.map { .init($0.name, $0.value) }), "sample_rate": .int(view.signal.sampleRate),
        "samples": .int(view.signal.samples.count), "seconds": .number(view.signal.duration),
        "recording": [
          "format": .string(info.format), "sample_rate": .int(info.sampleRate), "channels": .int(info.channels),
          "seconds": info.duration.map { .number($0) } ?? .null,
        ],
        "same_as_run": row.map { .bool($0.map(\.bitPattern) == view.row.map(\.bitPattern)) } ?? .null,
        "features": .array(features),
        "waveform": .string(Waveform.svg(view.signal, title: "Waveform of \(text("clip")), \(text("view"))").inline),
      ],
    ]
  }

  /// A part of one of the features that `clipView` has left in a folder, written to the file `out` as JSON.
  ///
  /// Arguments: `folder`, `index`, `out`, `first_frame`, `frames`, `first_bin`, `bins`, `columns`, `rows`, `head`.
  static let featureWindow = Job(name: "feature_window") { arguments, _ in
    func number(_ key: String) -> Int? { arguments[key]?.intValue }
    let base = "\(arguments["folder"]?.stringValue ?? "")/\(number("index") ?? 0)"
    let file = try FeatureFile(reading: base)
    var wish = FeatureWindow.Wish()
    wish.firstFrame = number("first_frame") ?? 0
    wish.frames = number("frames")
    wish.firstBin = number("first_bin") ?? 0
    wish.bins = number("bins")
    wish.columns = number("columns") ?? wish.columns
    wish.rows = number("rows") ?? wish.rows
    let window = FeatureWindow(file.matrix, wish, isNonNegative: file.isNonNegative)
    let head =
      (arguments["head"]?.members ?? []) + [
        .init("feature", .string(file.name)), .init("plugin", .string(file.plugin)),
        .init("bins", .int(file.matrix.binCount)), .init("frames", .int(file.matrix.frameCount)),
      ]
    let text = window.json(head, axes: file.matrix.axes, cells: file.colors)
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: arguments["out"]?.stringValue ?? ""))
    } catch {
      throw Diagnostic(.unwritableFile, "there is no space for what was asked for", help: "free some space")
    }
    return .null
  }
}

/// A feature between two jobs: values as floats, and beside them what they mean.
private struct FeatureFile {
  var name: String
  var plugin: String
  var matrix: FeatureMatrix
  var isNonNegative: Bool
  /// The values at both ends of the colours.
  var colors: JSONValue

  init(_ name: String, _ plugin: String, _ matrix: FeatureMatrix) {
    self.name = name
    self.plugin = plugin
    self.matrix = matrix
    isNonNegative = matrix.values.allSatisfy { !($0 < 0) }
    // The same as in the report's pictures.
    let cells = FeatureCells(matrix, scale: .automatic, widest: 1_200, tallest: 512)
    colors = [
      "lower": .number(cells.lower), "upper": .number(cells.upper), "unit": .string(cells.unit),
      "decibels_to": cells.reference.map { .number($0) } ?? .null,
    ]
  }

  var json: JSONValue {
    let axes = matrix.axes
    return [
      "name": .string(name), "plugin": .string(plugin), "bins": axes.bins.json, "positions": axes.positions.json,
      "position_unit": axes.positionUnit.map { .string($0.rawValue) } ?? .null,
      "unit": axes.valueUnit.map { .string($0.rawValue) } ?? .null, "hop": .number(axes.hop),
      "start": .number(axes.start), "non_negative": .bool(isNonNegative), "colors": colors,
    ]
  }

  init(reading base: String) throws {
    let json = try JSONParser.parse(SourceText(name: "feature", bytes: try AtomicFile.read(base + ".json"))).value.json
    func text(_ key: String) -> String? { json[key]?.stringValue }
    name = text("name") ?? ""
    plugin = text("plugin") ?? ""
    isNonNegative = json["non_negative"]?.boolValue ?? false
    colors = json["colors"] ?? .null
    let bins = json["bins"].flatMap([String].init(json:)) ?? []
    let values = LittleEndian.floats(try AtomicFile.read(base + ".f32")[...])
    guard !bins.isEmpty, values.count.isMultiple(of: bins.count) else {
      throw Diagnostic(.unreadableFile, "the feature was left unfinished", help: "ask again")
    }
    matrix = FeatureMatrix(
      axes: FeatureAxes(
        bins: bins, positions: json["positions"]?.arrayValue?.compactMap(\.doubleValue) ?? [],
        positionUnit: text("position_unit").map(Unit.init(rawValue:)),
        valueUnit: text("unit").map(Unit.init(rawValue:)),
        hop: json["hop"]?.doubleValue ?? 0, start: json["start"]?.doubleValue ?? 0), values: values)
  }
}

extension Bench {
  /// A run's plan and the clips of its dataset, read once. The key changes with the file.
  func replay(_ path: String) throws -> RunReplay {
    let key = path + "@" + FileSystem.changed(path + "/workflow.json")
    if let replay = replays[key] { return replay }
    let replay = try RunReplay(reading: path, registry: registry)
    if replays.count > 8 { replays = [:] }
    replays[key] = replay
    return replay
  }
}
