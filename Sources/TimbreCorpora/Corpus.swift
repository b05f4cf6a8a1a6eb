import TimbreCore

/// A published dataset: what it is, where it is, and how to know that a copy is right.
public struct Corpus: Sendable, Decodable {
  /// An address in two parts, so that a mirror can take the place of the first.
  public struct Address: Sendable, Hashable, Decodable {
    /// Ends with "/".
    public var base: String
    public var path: String

    public init(base: String, path: String) {
      self.base = base
      self.path = path
    }

    public func url(from mirror: String?) -> String {
      guard let mirror else { return base + path }
      return (mirror.hasSuffix("/") ? mirror : mirror + "/") + path
    }
  }

  /// A zip file.
  public struct Archive: Sendable, Hashable, Decodable {
    public var address: Address
    public var bytes: Int
    public var md5: String

    public var name: String { String(address.path.split(separator: "/").last ?? "archive.zip") }
  }

  /// How it is published.
  public enum Publication: Sendable, Hashable, Decodable {
    /// Zip files whose checksums are known.
    case archives(files: [Archive])
    /// Single files, listed with their checksums by a Dataverse; `file` ends where a file's number belongs.
    case dataverse(list: Address, file: Address)
    /// Single files, for each of which a repository holds a pointer of Git LFS with its checksum, in `folder`.
    case gitLFS(repository: Address, folder: String, files: Address, documents: [String])
  }

  /// Lower snake case: what follows `timbre datasets get`, and the folder it comes to.
  public var name: String
  public var title: String
  public var licence: String
  /// Of all that is downloaded.
  public var bytes: Int
  /// Whether `bytes` is an estimate.
  public var isRoughly: Bool
  public var clips: Int
  /// Where a person reads about it.
  public var page: String
  /// nil where its publishers hand it out themselves.
  public var publication: Publication?
  /// The id of the plugin that reads it.
  public var reader: String
  /// Settings that let the reader see every clip.
  public var settings: [String: [String]]

  /// What a workflow says to read it.
  public func node(path: String) -> [JSONValue.Member] {
    [.init("use", .string(reader)), .init("path", .string(path))]
      + settings.sorted { $0.key < $1.key }.map { .init($0.key, .array($0.value.map { .string($0) })) }
  }

  /// What stays of the verification where a mirror takes the publisher's place.
  public var verificationFromMirror: String {
    if case .archives = publication { return "checksums stay those that the publisher gives" }
    return "the list of files and their checksums is the mirror's own"
  }

  /// How a copy is verified, as a sentence for people.
  public var verification: String {
    switch publication {
    case .archives: "size and MD5 of each archive as published; then the number of clips"
    case .dataverse: "size and MD5 of each file as the repository lists them; then the number of clips"
    case .gitLFS: "size and SHA-256 of each file from the repository's Git LFS pointers; then the number of clips"
    case nil: "none: it is not downloaded"
    }
  }
}

extension Diagnostic.Kind {
  public static let download = Self("download")
}
