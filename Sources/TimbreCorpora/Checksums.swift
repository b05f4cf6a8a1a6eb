import Foundation
import TimbreCore
import TimbreTools

/// A checksum of a file, as its publisher gives it.
package struct Checksum: Sendable, Hashable {
  package enum Kind: String, Sendable { case md5, sha256 }
  package let kind: Kind
  /// Small hexadecimal digits.
  package let digits: String

  /// nil for what is not a checksum of that kind.
  package init?(_ kind: Kind, _ text: some StringProtocol) {
    let digits = text.lowercased()
    guard digits.utf8.count == (kind == .md5 ? 32 : 64),
      digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { return nil }
    self.kind = kind
    self.digits = digits
  }
}

/// Checksums by md5sum and sha256sum, which every Debian has.
struct Checksums: Sendable {
  private let md5: Tool
  private let sha256: Tool

  init() throws {
    md5 = try Tool("md5sum", package: "coreutils")
    sha256 = try Tool("sha256sum", package: "coreutils")
  }

  /// The checksums of files in `folder`, by name; a file that cannot be read has none.
  func of(_ names: [String], _ kind: Checksum.Kind, in folder: String, cancelled: () -> Bool) throws -> [String:
    Checksum]
  {
    let outcome = try (kind == .md5 ? md5 : sha256).run(["--binary", "--"] + names, in: folder, cancelled: cancelled)
    var found: [String: Checksum] = [:]
    for line in outcome.out.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[1].hasPrefix("*") else { continue }
      found[String(parts[1].dropFirst())] = Checksum(kind, parts[0])
    }
    return found
  }
}
