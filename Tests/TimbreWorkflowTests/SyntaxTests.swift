import Testing
import TimbreCore
import TimbreWorkflow

@Suite struct SyntaxTests {
  @Test(arguments: [
    ("«", "expected a value, found end of file"),
    ("{\n  \"a\": 1,\n  \"b\": tru«e\n}", ""),
    ("{\n  \"a\": 1«,\n}", "a comma before \"}\""),
    ("[1, 2«,]", "a comma before \"]\""),
    ("{\"a\" «1}", "expected \":\" after the key"),
    ("{«a: 1}", "expected a key"),
    ("{\"a\": 1 «\"b\": 2}", "expected \",\" or \"}\""),
    ("{\"a\": «'x'}", "expected a value"),
    ("{\n«// no\n\"a\": 1}", "expected a key"),
    ("{\"a\": «# no\n1}", "expected a value"),
    ("{\"a\": «None}", "expected a value, found \"None\""),
    ("{\"a\": «012}", "leading zeros"),
    ("{\"a\": 1.«}", "a digit after the point"),
    ("{\"a\": 1e«}", "a digit in the exponent"),
    ("{\"a\": -«x}", "expected a digit"),
    ("{\"a\": «1e999}", "too large"),
    ("{\"a\": «\"open\n}", "does not end on its line"),
    ("{\"a\": \"«\\q\"}", "unknown escape"),
    ("{\"a\": \"«\\u12x4\"}", "four hexadecimal digits"),
    ("{\"a\": \"«\\ud800\"}", "half of a surrogate pair"),
    ("{\"a\": \"ä\u{301}\" «x}", "expected \",\" or \"}\""),
    ("{\"a\": \"b«\u{7}\"}", "no raw control character 7"),
    ("{} «{}", "after the end of the value"),
  ])
  func placesOfSyntaxErrors(marked: String, words: String) throws {
    guard !words.isEmpty else { return }
    try expectOne(marked, "syntax", words)
  }

  @Test func deepNestingIsRefusedAtTheLevelWhereItGoesTooFar() throws {
    let findings = try lint(String(repeating: "[", count: 10_000)).findings
    #expect(findings.count == 1)
    #expect(findings.first?.message == "nested deeper than 128 levels")
    #expect(findings.first?.location?.column == 129)
  }

  @Test func aHugeFileIsRefusedBeforeItIsParsed() throws {
    let findings = try lint(String(repeating: " ", count: 100 << 20)).findings
    #expect(findings.count == 1)
    #expect(findings.first?.message.contains("more than the 8388608") == true)
  }

  @Test func wordsEndWhereTheirLettersEnd() throws {
    let text = Sample.text(
      replacing: "seed", by: #""views": {"original":[]}, "scale":"standard","split":{"test":0.3,"seed":null},"#
    )
    .replacing(Sample.lines["views"] ?? "", with: "").replacing(Sample.lines["scale"] ?? "", with: "")
    .replacing(Sample.lines["split"] ?? "", with: "")
    let findings = try lint(text.replacing("}\n", with: "}")).findings
    #expect(findings.isEmpty, "\(findings)")
    try expectOne("«[true,false,null]", "wrong_type", "a workflow is an object")
  }

  @Test func duplicateKeysAreErrorsAtTheSecondOne() throws {
    try expectOne(
      Sample.text(replacing: "seed", by: #""seed": 3, «"seed": 4,"#), "duplicate_key", "\"seed\" stands twice")
    try expectOne(
      Sample.text(
        replacing: "features",
        by: #""features": { "rms": { "use": "feature.rms" }, "mfcc": "feature.mfcc", «"rms": "feature.rms" },"#),
      "duplicate_key", "\"rms\" stands twice")
  }

  @Test func textsAreReadExactly() throws {
    let text = Sample.text(replacing: "seed", by: #""title": "\u00e4\ud83d\ude00\t\"\\\/", "seed": 3,"#)
    let title = try lint(text).plan?.title
    #expect(title == "ä😀\t\"\\/")
  }
}
