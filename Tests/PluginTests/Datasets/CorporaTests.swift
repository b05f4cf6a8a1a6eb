import Foundation
import Testing
import TimbreCore
import TimbreDatasets

private func attributes(_ clip: Clip) -> [String] { clip.attributes.map { "\($0.name)=\($0.value)" } }

/// The acted corpora, by the names that their files are published with.
@Suite struct CorporaTests {
  let folder: DatasetFolder
  init() throws { folder = try DatasetFolder() }

  private func list<Reader: DatasetReader>(
    _ reader: Reader.Type, labels: String? = nil, path: String? = nil
  ) throws -> ClipList {
    let members = [JSONValue.Member("path", .string(path ?? folder.path))]
    return try clips(reader, members + (labels.map { [JSONValue.Member("labels", .string($0))] } ?? []))
  }

  /// Adds one file, checks what its name says, and that each of the bad names is rejected with its reason.
  private func check<Reader: DatasetReader>(
    _ reader: Reader.Type, _ file: String, id: String, speaker: String, _ expected: [String], labels: [String],
    common: [String], bad: [(name: String, reason: String)]
  ) throws {
    let path = try folder.add(file)
    let original = try list(reader)
    let clip = try #require(original.clips.first)
    #expect(clip.id == id && clip.speaker == speaker && clip.path == path)
    #expect(attributes(clip) == expected && clip.label == clip.value(of: "emotion"))
    #expect(original.labels == labels && original.rejected.isEmpty)
    let mapped = try list(reader, labels: "common")
    #expect(mapped.labels == common && mapped.clips[0].value(of: "emotion") == clip.label)
    #expect(common.contains(mapped.clips[0].label))
    let copy = try folder.add("copy/" + file)
    let twice = try list(reader)
    #expect(twice.clips.count == 1 && twice.rejected.count == 1 && twice.rejected[0].message.contains("already there"))
    try FileManager.default.removeItem(atPath: copy)
    for (name, reason) in bad {
      let path = try folder.add(name)
      let list = try list(reader)
      #expect(list.clips.count == 1 && list.rejected.map(\.subject) == [path], Comment(rawValue: name))
      #expect(list.rejected.first?.message.contains(reason) == true, "\(name): \(list.rejected)")
      try FileManager.default.removeItem(atPath: path)
    }
    try folder.add("notes.txt")
    try folder.add("._hidden.wav")
    #expect(try list(reader).rejected.isEmpty)
    let empty = try DatasetFolder()
    #expect(thrown { _ = try list(reader, path: empty.path) }?.message == "no WAV or FLAC file in this folder")
    try empty.add("song.wav")
    #expect(thrown { _ = try list(reader, path: empty.path) }?.message.contains("none of the 1 audio files") == true)
    for wrong in ["/no/such/folder", path, ""] {
      let found = thrown { _ = try list(reader, path: wrong) }
      #expect(found?.kind == .badDataset && found?.help?.contains("looked for WAV or FLAC files named like") == true)
    }
  }

  @Test func emoDB() throws {
    try check(
      EmoDB.self, "wav/03a01Fa.wav", id: "03a01Fa", speaker: "emodb_03",
      [
        "emotion=happiness", "actor=03", "sex=male", "age=31", "sentence=a01", "version=a", "language=de",
      ], labels: ["anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness"],
      common: ["angry", "bored", "disgust", "fearful", "happy", "neutral", "sad"],
      bad: [
        ("04a01Fa.wav", "speaker \"04\""), ("03a03Fa.wav", "text \"a03\""), ("03a01Xa.wav", "emotion \"X\""),
        ("03a01FA.wav", "version \"A\""), ("03a01.wav", "5 characters"), ("03a01Faab.wav", "9 characters"),
      ])
    // A version is only there where there are several.
    try folder.add("16b10Wb.flac")
    try folder.add("09b02L.wav")
    let all = try list(EmoDB.self).clips
    #expect(
      all.map(\.id) == ["03a01Fa", "09b02L", "16b10Wb"] && all.map(\.label) == ["happiness", "boredom", "anger"])
    #expect(all.map { $0.value(of: "sex") } == ["male", "female", "female"])
  }

  @Test func cremaD() throws {
    try check(
      CremaD.self, "AudioWAV/1001_DFA_ANG_XX.wav", id: "1001_DFA_ANG_XX", speaker: "crema_d_1001",
      ["emotion=anger", "actor=1001", "sentence=DFA", "intensity=unspecified", "language=en"],
      labels: ["anger", "disgust", "fear", "happy", "neutral", "sad"],
      common: ["angry", "disgust", "fearful", "happy", "neutral", "sad"],
      bad: [
        ("1092_DFA_ANG_XX.wav", "actor \"1092\""), ("1001_XXX_ANG_XX.wav", "sentence \"XXX\""),
        ("1001_DFA_BAD_XX.wav", "emotion \"BAD\""), ("1001_DFA_ANG_QQ.wav", "level \"QQ\""),
        ("1001_DFA_ANG.wav", "3 parts between underscores, not 4"),
      ])
    // As published, with one X.
    try folder.add("AudioWAV/1040_ITH_SAD_X.wav")
    try folder.add("AudioWAV/1002_IEO_SAD_HI.wav", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    let plain = try list(CremaD.self)
    #expect(plain.clips.map { $0.value(of: "intensity") } == ["unspecified", "unspecified"])
    #expect(plain.rejected.map(\.message) == ["this is a pointer of Git LFS, not audio"])
    // The demographics lie in the folder, or right above it.
    try folder.add(
      "VideoDemographics.csv",
      "\"ActorID\",\"Age\",\"Sex\",\"Race\",\"Ethnicity\"\n1001,51,\"Male\",\"Caucasian\",\"Not Hispanic\"\n")
    for path in [folder.path, folder.path + "/AudioWAV"] {
      let clip = try list(CremaD.self, path: path).clips[0]
      #expect(attributes(clip).suffix(4) == ["sex=male", "age=51", "race=caucasian", "ethnicity=not hispanic"])
    }
    try folder.add("VideoDemographics.csv", "a,b\n\"open")
    let broken = try list(CremaD.self)
    #expect(broken.clips.count == 2 && broken.rejected.contains { $0.message.contains("never closed") })
    let pointers = try DatasetFolder()
    try pointers.add("1001_DFA_ANG_XX.wav", "version https://git-lfs.github.com/spec/v1\n")
    #expect(thrown { _ = try list(CremaD.self, path: pointers.path) }?.message.contains("Git LFS") == true)
  }

  @Test func tess() throws {
    try check(
      Tess.self, "OAF_angry/OAF_back_angry.wav", id: "OAF_back_angry", speaker: "tess_OAF",
      ["emotion=angry", "actor=OAF", "sex=female", "age=64", "word=back", "language=en"],
      labels: ["angry", "disgust", "fear", "happy", "neutral", "pleasant_surprise", "sad"],
      common: ["angry", "disgust", "fearful", "happy", "neutral", "sad", "surprised"],
      bad: [
        ("UAF_back_angry.wav", "speaker \"UAF\""), ("OAF_back_cross.wav", "emotion \"cross\""),
        ("OAF_angry.wav", "2 parts"), ("OAF__angry.wav", "word"),
      ])
    // Published inconsistencies.
    try folder.add("YAF_pleasant_surprised/YAF_food_ps.wav")
    try folder.add("OAF_Pleasant_surprise/OAF_dog_pleasant_surprise.wav")
    try folder.add("OAF_Fear/OAF_gap_Fear.wav")
    try folder.add("OAF_neutral/OA_bite_neutral.wav")
    let all = try list(Tess.self, labels: "common").clips
    #expect(all.map(\.label) == ["angry", "surprised", "fearful", "neutral", "surprised"])
    #expect(Set(all.compactMap(\.speaker)) == ["tess_OAF", "tess_YAF"])
    #expect(all.last?.value(of: "age") == "26")
  }

  @Test func savee() throws {
    try check(
      Savee.self, "AudioData/DC/sa01.wav", id: "DC_sa01", speaker: "savee_DC",
      ["emotion=sadness", "actor=DC", "sex=male", "sentence=sa01", "language=en"],
      labels: ["anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"],
      common: ["angry", "disgust", "fearful", "happy", "neutral", "sad", "surprised"],
      bad: [
        ("DC_x01.wav", "emotion \"x\""), ("DD_a01.wav", "speaker in the name"), ("other/a01.wav", "the folder"),
        ("DC_a16.wav", "sentence \"16\""), ("DC_a1.wav", "sentence \"1\""), ("DC_s01.wav", "emotion \"s\""),
        ("DC_n31.wav", "01 to 30"),
      ])
    try folder.add("KL_su15.wav")
    try folder.add("JE/n30.wav")
    #expect(try list(Savee.self).clips.map(\.id) == ["DC_sa01", "JE_n30", "KL_su15"])
    #expect(try list(Savee.self, path: folder.path + "/JE").clips.map(\.id) == ["JE_n30"])
  }

  @Test func emovo() throws {
    try check(
      Emovo.self, "EMOVO/f1/dis-f1-b1.wav", id: "dis-f1-b1", speaker: "emovo_f1",
      ["emotion=disgust", "actor=f1", "sex=female", "sentence=b1", "language=it"],
      labels: ["anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise"],
      common: ["angry", "disgust", "fearful", "happy", "neutral", "sad", "surprised"],
      bad: [
        ("fel-f1-b1.wav", "emotion \"fel\""), ("dis-f4-b1.wav", "speaker \"f4\""), ("dis-f1-b4.wav", "sentence \"b4\""),
        ("dis-f1.wav", "2 parts between hyphens, not 3"),
      ])
    for emotion in ["gio", "neu", "pau", "rab", "sor", "tri"] { try folder.add("m3/\(emotion)-m3-n5.wav") }
    let all = try list(Emovo.self, labels: "common").clips
    #expect(all.map(\.label) == ["disgust", "happy", "neutral", "fearful", "angry", "surprised", "sad"])
    #expect(all.last?.value(of: "sex") == "male")
  }

  /// What all corpora call by one name is one label, and no two corpora share a speaker.
  @Test func commonLabelsAreThoseOfRavdess() throws {
    let common = Set(["angry", "bored", "calm", "disgust", "fearful", "happy", "neutral", "sad", "surprised"])
    var speakers: [String] = []
    for (file, reader) in [
      ("03-01-05-01-01-01-03.wav", Ravdess.self as any DatasetReader.Type), ("03a01Wa.wav", EmoDB.self),
      ("1003_DFA_ANG_XX.wav", CremaD.self), ("OAF_back_angry.wav", Tess.self), ("DC_a01.wav", Savee.self),
      ("rab-f1-b1.wav", Emovo.self),
    ] {
      let folder = try DatasetFolder()
      try folder.add(file)
      func found<Reader: DatasetReader>(_ reader: Reader.Type) throws -> ClipList {
        try list(reader, labels: reader == Ravdess.self ? nil : "common", path: folder.path)
      }
      let all = try found(reader)
      #expect(all.clips.map(\.label) == ["angry"], "\(reader)")
      #expect(common.isSuperset(of: all.labels))
      #expect(all.clips[0].value(of: "language") != nil)
      speakers += all.clips.compactMap(\.speaker)
    }
    #expect(Set(speakers).count == 6)
  }
}
