import Foundation
import TimbreAudio
import TimbreCore

/// Recordings sorted into one folder a label.
public struct Folders: DatasetReader {
  public struct Config: PluginConfig {
    public var path = ""
    public var speakerPattern: String?
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "dataset.folders", summary: "Recordings in one folder a label.", reference: "torchvision.datasets.ImageFolder",
    parameters: [
      .path("path", \.path, "The folder that holds a folder for each label."),
      .string(
        "speaker_pattern", \.speakerPattern,
        "A regular expression whose one capture group finds the speaker in a file's path below `path`."),
    ],
    details: """
      The label is the name of the folder right below `path`; files may lie at any depth in it. WAV, FLAC, OGG, MP3 and AIFF \
      files count, hidden ones do not. With a speaker pattern, a file that it does not match is rejected.
      """)

  private let path: String
  private let pattern: String?

  public init(_ config: Config) throws {
    path = config.path
    pattern = config.speakerPattern
    _ = try expression()
  }

  private func expression() throws -> NSRegularExpression? {
    guard let pattern else { return nil }
    guard let expression = try? NSRegularExpression(pattern: pattern) else {
      throw Diagnostic(
        .invalidParameters, "\"\(pattern)\" is not a regular expression", help: "for instance \"^[^/]+/(\\w+)_\"",
        subject: "speaker_pattern")
    }
    guard expression.numberOfCaptureGroups == 1 else {
      throw Diagnostic(
        .invalidParameters, "\"\(pattern)\" has \(expression.numberOfCaptureGroups) capture groups, not one",
        help: "put ( ) around the speaker and (?: ) around other groups", subject: "speaker_pattern")
    }
    return expression
  }

  public func clips() throws -> ClipList {
    let wanted = "folders named after labels, with WAV, FLAC, OGG, MP3 or AIFF files in them"
    let (files, unreadable) = try AudioFiles.list(under: path, wanted: wanted)
    let expression = try expression()
    var clips: [Clip] = []
    var rejected = unreadable
    for file in files {
      guard let slash = file.relative.firstIndex(of: "/") else {
        rejected.append(
          Diagnostic(.badDataset, "the file is in no label's folder", help: "move it into one", subject: file.path))
        continue
      }
      var speaker: String?
      if let expression {
        speaker = Self.capture(expression, in: file.relative)
        guard speaker != nil else {
          rejected.append(
            Diagnostic(
              .badDataset, "speaker_pattern finds no speaker in \"\(file.relative)\"",
              help: "rename the file or change the pattern",
              subject: file.path))
          continue
        }
      }
      clips.append(
        Clip(id: file.relative, source: .file(file.path), label: String(file.relative[..<slash]), speaker: speaker))
    }
    if clips.isEmpty {
      throw rejected.first
        ?? Diagnostic(.badDataset, "no audio file in this folder", help: "looked for \(wanted)", subject: path)
    }
    return ClipList(clips: clips, labels: Set(clips.map(\.label)).sorted(), rejected: rejected)
  }

  private static func capture(_ expression: NSRegularExpression, in text: String) -> String? {
    let all = NSRange(text.startIndex..., in: text)
    guard let match = expression.firstMatch(in: text, range: all), let range = Range(match.range(at: 1), in: text),
      !range.isEmpty
    else { return nil }
    return String(text[range])
  }
}
