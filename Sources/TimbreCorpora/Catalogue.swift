import Foundation
import TimbreCore

/// The datasets that Timbre knows how to get, or knows of.
public struct Catalogue: Sendable {
  public var corpora: [Corpus]

  public init(_ corpora: [Corpus]) { self.corpora = corpora }

  /// A catalogue of one's own: a JSON list of the same form.
  /// - Throws: `.unreadableFile` for what is not one.
  public init(reading path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Diagnostic(.unreadableFile, "this catalogue cannot be read", help: "check the path", subject: path)
    }
    do { corpora = try JSONDecoder().decode([Corpus].self, from: data) } catch {
      throw Diagnostic(.unreadableFile, "this is not a catalogue of datasets: \(error)", subject: path)
    }
    for corpus in corpora {
      guard isPlainName(corpus.name) else {
        throw Diagnostic(.unreadableFile, "\"\(corpus.name)\" cannot be the name of a folder", subject: path)
      }
      var sizes = [corpus.bytes]
      if case .archives(let files) = corpus.publication { sizes += files.map(\.bytes) }
      guard sizes.allSatisfy((0...largestFile).contains) else {
        throw Diagnostic(.unreadableFile, "a size of \(corpus.name) is out of range", subject: path)
      }
    }
  }

  /// - Throws: `.unknownChoice` where there is none of that name, or none that can be downloaded.
  public func corpus(_ name: String) throws -> Corpus {
    guard let corpus = corpora.first(where: { $0.name == name }) else {
      let names = corpora.filter { $0.publication != nil }.map(\.name)
      throw Diagnostic(
        .unknownChoice, "no dataset is called \"\(name)\"",
        help: suggestion(for: name, among: names) ?? "there are \(names.joined(separator: ", "))")
    }
    guard corpus.publication != nil else {
      throw Diagnostic(
        .unknownChoice, "\(corpus.title) cannot be downloaded by a program",
        help: "its publishers hand it out: \(corpus.page); \(corpus.reader) reads it")
    }
    return corpus
  }

  /// Sizes and checksums of archives are those of the Zenodo records.
  public static let builtIn = Catalogue([
    Corpus(
      name: "ravdess", title: "RAVDESS, the audio of speech and song", licence: "CC BY-NC-SA 4.0",
      bytes: 433_973_390, isRoughly: false, clips: 2_452, page: "https://zenodo.org/records/1188976",
      publication: .archives(files: [
        .init(
          address: .init(base: "https://zenodo.org/records/1188976/files/", path: "Audio_Speech_Actors_01-24.zip"),
          bytes: 208_468_073, md5: "bc696df654c87fed845eb13823edef8a"),
        .init(
          address: .init(base: "https://zenodo.org/records/1188976/files/", path: "Audio_Song_Actors_01-24.zip"),
          bytes: 225_505_317, md5: "5411230427d67a21e18aa4d466e6d1b9"),
      ]), reader: "dataset.ravdess", settings: ["channels": ["speech", "song"]]),
    Corpus(
      name: "emodb", title: "EmoDB 1.3.0", licence: "CC BY 4.0", bytes: 39_981_818, isRoughly: false, clips: 535,
      page: "https://zenodo.org/records/7447302",
      publication: .archives(files: [
        .init(
          address: .init(base: "https://zenodo.org/records/7447302/files/", path: "emodb.zip"), bytes: 39_981_818,
          md5: "9d21362dbc5676ef3ab4745d83ced0db")
      ]), reader: "dataset.emodb", settings: [:]),
    Corpus(
      name: "tess", title: "TESS", licence: "CC BY-NC-ND 4.0", bytes: 280_000_000, isRoughly: true, clips: 2_800,
      page: "https://doi.org/10.5683/SP2/E8H2MF",
      publication: .dataverse(
        list: .init(
          base: "https://borealisdata.ca/api/",
          path: "datasets/:persistentId/?persistentId=doi:10.5683/SP2/E8H2MF"),
        file: .init(base: "https://borealisdata.ca/api/", path: "access/datafile/")),
      reader: "dataset.tess", settings: [:]),
    Corpus(
      name: "crema_d", title: "CREMA-D, the audio as WAV", licence: "ODbL 1.0", bytes: 620_000_000, isRoughly: true,
      clips: 7_442, page: "https://github.com/CheyneyComputerScience/CREMA-D",
      publication: .gitLFS(
        repository: .init(
          base: "https://github.com/CheyneyComputerScience/CREMA-D/", path: "archive/refs/heads/master.zip"),
        folder: "AudioWAV",
        files: .init(
          base: "https://media.githubusercontent.com/media/CheyneyComputerScience/CREMA-D/", path: "master/AudioWAV/"),
        documents: ["VideoDemographics.csv", "SentenceFilenames.csv", "README.md", "LICENSE.txt"]),
      reader: "dataset.crema_d", settings: [:]),
    Corpus(
      name: "savee", title: "SAVEE", licence: "research only, after registration", bytes: 0, isRoughly: true,
      clips: 480,
      page: "http://kahlan.eps.surrey.ac.uk/savee/", publication: nil, reader: "dataset.savee", settings: [:]),
    Corpus(
      name: "emovo", title: "EMOVO", licence: "not for commercial use", bytes: 0, isRoughly: true, clips: 588,
      page: "http://voice.fub.it/activities/corpora/emovo/index.html", publication: nil, reader: "dataset.emovo",
      settings: [:]),
  ])
}

/// No file of a dataset is larger, and sums of such sizes do not overflow.
let largestFile = 1 << 40

/// Whether a text from elsewhere may be the name of a file: nothing that leads to another folder, hides, or breaks a line.
package func isPlainName(_ name: String) -> Bool {
  !name.isEmpty && !name.hasPrefix(".") && !name.hasPrefix("-") && name.utf8.count < 200
    && name.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [43, 45, 46, 95].contains($0)
    }
}
