import Foundation
import Testing
import TimbreCore

import TimbreCorpora

@Suite struct CatalogueTests {
  @Test func builtInCorporaAreWellFormed() throws {
    let corpora = Catalogue.builtIn.corpora
    #expect(Set(corpora.map(\.name)).count == corpora.count)
    for corpus in corpora {
      #expect(isPlainName(corpus.name) && corpus.clips > 0 && !corpus.licence.isEmpty && corpus.page.hasPrefix("http"))
      #expect(corpus.reader == "dataset." + corpus.name)
      switch corpus.publication {
      case .archives(let files):
        #expect(!corpus.isRoughly && files.reduce(0) { $0 + $1.bytes } == corpus.bytes)
        for file in files {
          #expect(Checksum(.md5, file.md5)?.digits == file.md5 && file.address.url(from: nil).hasPrefix("https://"))
          #expect(isPlainName(file.name) && file.name.hasSuffix(".zip"))
        }
      case .dataverse(let list, let file):
        #expect(list.url(from: nil).hasPrefix("https://") && file.path.hasSuffix("/"))
      case .gitLFS(let repository, _, let files, _):
        #expect(repository.url(from: nil).hasPrefix("https://") && files.url(from: nil).hasSuffix("/"))
      case nil: #expect(thrown { _ = try Catalogue.builtIn.corpus(corpus.name) }?.kind == .unknownChoice)
      }
    }
  }

  @Test func aMirrorTakesThePlaceOfTheBase() {
    let address = Corpus.Address(base: "https://a.org/x/", path: "y/z.zip")
    #expect(address.url(from: nil) == "https://a.org/x/y/z.zip")
    #expect(
      address.url(from: "http://m") == "http://m/y/z.zip" && address.url(from: "http://m/n/") == "http://m/n/y/z.zip")
  }

  @Test func readsPointersOfGitLFS() throws {
    let digest = String(repeating: "a1", count: 32)
    let good = "version https://git-lfs.github.com/spec/v1\noid sha256:\(digest)\nsize 12345\n"
    let file = try #require(Listing.pointer(Data(good.utf8), name: "x.wav", below: "f/"))
    #expect(file.bytes == 12_345 && file.checksum.digits == digest && file.path == "f/x.wav")
    for bad in [
      "RIFF", good.replacingOccurrences(of: "a1", with: "zz"), good.replacingOccurrences(of: "12345", with: "-1"),
    ] {
      #expect(Listing.pointer(Data(bad.utf8), name: "x.wav", below: "") == nil, Comment(rawValue: bad))
    }
  }

  @Test func readsBothFormsOfADataverseListAndRefusesOthers() throws {
    func list(_ files: String) throws -> [ListedFile] {
      try Listing.dataverse(
        Data("{\"data\":{\"latestVersion\":{\"files\":[\(files)]}}}".utf8), below: "d/", subject: "s")
    }
    let md5 = String(repeating: "0", count: 32)
    let old = "{\"dataFile\":{\"id\":7,\"filename\":\"b.wav\",\"filesize\":5,\"md5\":\"\(md5)\"}}"
    let new =
      "{\"dataFile\":{\"id\":8,\"filename\":\"a.WAV\",\"filesize\":6,\"checksum\":{\"type\":\"MD5\",\"value\":\"\(md5)\"}}}"
    let other = "{\"dataFile\":{\"id\":9,\"filename\":\"../x.txt\",\"filesize\":6}}"
    #expect(try list([old, new, other].joined(separator: ",")).map(\.path) == ["d/8", "d/7"])
    for bad in [
      old.replacingOccurrences(of: "b.wav", with: "../b.wav"), old.replacingOccurrences(of: md5, with: "0"),
      old + "," + old,
      old.replacingOccurrences(of: "b.wav", with: "b\\\"\\nurl.wav"), "{}",
    ] {
      #expect(thrown { _ = try list(bad) }?.kind == .download, Comment(rawValue: bad))
    }
  }

  private func thrown(_ work: () throws -> Void) -> Diagnostic? {
    do { try work() } catch { return error as? Diagnostic }
    return nil
  }
}
