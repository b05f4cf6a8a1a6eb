import Foundation
import HTTPTypes
import Hummingbird
import TimbreCore

/// The files and fields that a request brings along. Files go to a temporary folder as they come in, and go with the upload.
struct Upload: Sendable {
  struct File: Sendable {
    var field: String
    /// As the client calls it: for answers, never a path here.
    var name: String
    var path: String
    var bytes: Int
  }

  private static let mostFields = 64
  let folder: TemporaryFolder
  private(set) var files: [File] = []
  private(set) var fields: [String: String] = [:]

  /// Reads a form, or a body of `audio/…` that is one file.
  /// - Throws: A `Refusal` where the request is no form, too large, or does not arrive in time.
  init(_ request: Request, root: TemporaryFolder.Root, limits: StudioOptions.Limits) async throws {
    folder = try root.folder()
    let type = request.headers[.contentType] ?? ""
    if let length = request.headers[.contentLength].flatMap({ Int($0) }),
      length > limits.totalBytes + limits.fieldBytes
    {
      throw Self.tooLarge("the request has \(length) bytes", limits.totalBytes)
    }
    let deadline = ContinuousClock.now + .seconds(limits.uploadSeconds)
    if var parser = MultipartParser(contentType: type) {
      try await read(&parser, request.body, deadline: deadline, limits: limits)
    } else if type.lowercased().hasPrefix("audio/") || type.lowercased() == "application/octet-stream" {
      try await readWhole(request.body, deadline: deadline, limits: limits)
    } else {
      throw Refusal(
        .unsupportedMediaType, "the body is neither a form nor audio",
        help: "send multipart/form-data with a file \"audio\", as curl -F audio=@clip.wav does", kind: "bad_form")
    }
  }

  /// The files of one field, at least one.
  func files(_ field: String) throws -> [File] {
    let found = files.filter { $0.field == field }
    guard !found.isEmpty else {
      throw Refusal(
        .badRequest, "there is no file \"\(field)\" in the form", help: "curl -F \(field)=@clip.wav …", kind: "no_file")
    }
    return found
  }

  private mutating func readWhole(
    _ body: RequestBody, deadline: ContinuousClock.Instant, limits: StudioOptions.Limits
  ) async throws {
    let sink = try Sink(folder.path + "/0")
    var parts = body.makeAsyncIterator()
    while let part = try await Request.next(&parts) {
      try Self.check(deadline)
      try sink.write(part.readableBytesView)
      if sink.count > limits.fileBytes { throw Self.tooLarge("the file is larger", limits.fileBytes) }
    }
    files = [File(field: "audio", name: "audio", path: folder.path + "/0", bytes: sink.count)]
  }

  private mutating func read(
    _ parser: inout MultipartParser, _ body: RequestBody, deadline: ContinuousClock.Instant,
    limits: StudioOptions.Limits
  ) async throws {
    var sink: Sink?
    var field: (name: String, bytes: [UInt8])?
    var total = 0
    var count = 0
    var parts = body.makeAsyncIterator()
    while let part = try await Request.next(&parts) {
      try Self.check(deadline)
      total += part.readableBytes
      if total > limits.totalBytes + limits.fieldBytes {
        throw Self.tooLarge("the request is larger", limits.totalBytes)
      }
      for event in try parser.consume(part.readableBytesView) {
        if case .part = event {
          count += 1
          guard count <= limits.files + Self.mostFields else {
            throw Refusal(
              .contentTooLarge, "the form has too many parts", help: "send fewer at a time", kind: "too_many")
          }
        }
        switch event {
        case .part(let name, let fileName?, _):
          guard files.count < limits.files else {
            throw Refusal(
              .contentTooLarge, "there are more than \(limits.files) files", help: "send fewer at a time",
              kind: "too_many")
          }
          let path = folder.path + "/\(files.count)"
          files.append(File(field: name, name: Self.shown(fileName), path: path, bytes: 0))
          sink = try Sink(path)
        case .part(let name, nil, _):
          guard fields.count < Self.mostFields else {
            throw Refusal(.contentTooLarge, "there are more than \(Self.mostFields) fields", kind: "too_many")
          }
          field = (name, [])
        case .data(let bytes):
          if let sink {
            try sink.write(bytes)
            if sink.count > limits.fileBytes {
              throw Self.tooLarge("\(files.last?.name ?? "a file") is larger", limits.fileBytes)
            }
          } else if field != nil {
            field?.bytes += bytes
            if field?.bytes.count ?? 0 > limits.fieldBytes {
              throw Self.tooLarge("a field is larger", limits.fieldBytes)
            }
          }
        case .partEnd:
          if let sink { files[files.count - 1].bytes = sink.count }
          if let field { fields[field.name] = String(decoding: field.bytes, as: UTF8.self) }
          (sink, field) = (nil, nil)
        case .end: break
        }
      }
    }
    try parser.finish()
  }

  /// A name without folders and control characters.
  private static func shown(_ name: String) -> String {
    let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
    let plain = String(
      last.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200).map(Character.init))
    return plain.isEmpty ? "audio" : plain
  }

  private static func check(_ deadline: ContinuousClock.Instant) throws {
    guard ContinuousClock.now < deadline else {
      throw Refusal(.requestTimeout, "the upload takes too long", help: "send a smaller file", kind: "slow_upload")
    }
  }

  private static func tooLarge(_ what: String, _ limit: Int) -> Refusal {
    Refusal(
      .contentTooLarge, "\(what); this server takes \(limit >> 20) MiB", help: "send a shorter or compressed file",
      kind: "too_large")
  }

  /// A file that is being written.
  private final class Sink {
    private let handle: FileHandle
    private(set) var count = 0

    init(_ path: String) throws {
      guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
        let handle = FileHandle(forWritingAtPath: path)
      else { throw Refusal.noSpace }
      self.handle = handle
    }

    deinit { try? handle.close() }

    func write(_ bytes: some Collection<UInt8>) throws {
      do {
        try handle.write(contentsOf: Data(bytes))
      } catch {
        throw Refusal.noSpace
      }
      count += bytes.count
    }
  }
}
