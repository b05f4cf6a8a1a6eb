import Foundation
import TimbreCore

/// One file of a dataset that is published file by file.
package struct ListedFile: Sendable, Hashable {
  package var name: String
  /// Where it is, below the base of the dataset's files.
  package var path: String
  package var bytes: Int
  package var checksum: Checksum
}

/// The files of a dataset as its publisher lists them.
package enum Listing {
  private struct Dataverse: Decodable {
    struct Contents: Decodable { var latestVersion: Version }
    struct Version: Decodable { var files: [Entry] }
    struct Entry: Decodable { var dataFile: File }
    struct File: Decodable {
      var id: Int
      var filename: String
      var filesize: Int
      var md5: String?
      var checksum: Sum?
    }
    struct Sum: Decodable {
      var type: String
      var value: String
    }
    var data: Contents
  }

  /// The WAV files that a Dataverse's answer names, in the order of their names.
  /// - Throws: `.download` for an answer of another form.
  package static func dataverse(_ data: Data, below path: String, subject: String) throws -> [ListedFile] {
    let answer: Dataverse
    do { answer = try JSONDecoder().decode(Dataverse.self, from: data) } catch {
      throw bad("the list of files has another form than a Dataverse gives", subject)
    }
    let files = try answer.data.latestVersion.files.map(\.dataFile).filter {
      $0.filename.lowercased().hasSuffix(".wav")
    }
    .map { file in
      let isMD5 = file.checksum?.type.uppercased() == "MD5"
      guard isPlainName(file.filename), (0...largestFile).contains(file.filesize) else {
        throw bad("the list of files names \"\(file.filename)\"", subject)
      }
      guard let checksum = Checksum(.md5, file.md5 ?? (isMD5 ? file.checksum?.value : nil) ?? "") else {
        throw bad("the list of files has no MD5 for \(file.filename)", subject)
      }
      return ListedFile(name: file.filename, path: path + String(file.id), bytes: file.filesize, checksum: checksum)
    }
    return try unique(files, subject)
  }

  /// The file that a pointer of Git LFS stands for; nil where it is no pointer.
  package static func pointer(_ data: Data, name: String, below path: String) -> ListedFile? {
    guard data.count < 1_024, let text = String(validating: data, as: UTF8.self),
      text.hasPrefix("version https://git-lfs")
    else { return nil }
    var fields: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { fields[parts[0]] = parts[1] }
    }
    guard let oid = fields["oid"], oid.hasPrefix("sha256:"), let checksum = Checksum(.sha256, oid.dropFirst(7)),
      let size = fields["size"].flatMap({ Int($0) }), (0...largestFile).contains(size)
    else { return nil }
    return ListedFile(name: name, path: path + name, bytes: size, checksum: checksum)
  }

  static func unique(_ files: [ListedFile], _ subject: String) throws -> [ListedFile] {
    let sorted = files.sorted { $0.name < $1.name }
    for (first, second) in zip(sorted, sorted.dropFirst()) where first.name == second.name {
      throw bad("the list of files names \(first.name) twice", subject)
    }
    return sorted
  }

  private static func bad(_ message: String, _ subject: String) -> Diagnostic {
    Diagnostic(
      .download, message, help: "what is published may have changed; a newer Timbre may know", subject: subject)
  }
}
