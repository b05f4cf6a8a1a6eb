import Testing
import TimbreCore
import TimbreEvaluation

@Suite struct SplitOptionsTests {
  @Test func defaultsAreWrittenOut() {
    #expect(
      SplitOptions().filled.json == [
        "by": "speaker", "test": 0.2, "folds": nil, "validation": 0, "column": nil, "stratify": true,
        "test_views": "original",
        "allow_leak": false, "seed": nil,
      ])
    #expect(options(.column).filled.json["test"] == ["test"])
    #expect(options(.row).filled.json["test_views"] == "all")
  }

  @Test(
    arguments: [
      ["by": "speaker", "test": ["01", "02"], "validation": 0.1],
      ["by": "column", "column": "set", "test": ["test"], "validation": ["dev"]],
      ["by": "row", "test": 0.25, "allow_leak": true, "seed": 3],
      ["by": "clip", "stratify": false, "test_views": ["original", "noisy"]], ["test_views": "all"], [:],
    ] as [JSONValue])
  func readsBack(_ json: JSONValue) throws {
    #expect(SplitOptions.parameterType.findings(in: json).isEmpty)
    let options = try #require(SplitOptions(json: json))
    for member in json.members ?? [] { #expect(options.json[member.key] == member.value) }
    #expect(SplitOptions(json: options.json) == options)
    #expect(SplitOptions(json: options.filled.json) == options.filled)
    #expect(SplitOptions.parameterType.findings(in: options.filled.json).isEmpty)
  }

  static let refused: [(JSONValue, Diagnostic.Kind)] = [
    (["test": 1], .outOfRange), (["test": -0.1], .outOfRange), (["test": []], .outOfRange),
    (["test": "s1"], .wrongType), (["by": "actor"], .unknownChoice), (["test_view": "all"], .unknownKey),
    (["test_views": "noisy"], .unknownChoice), (["seed": -1], .outOfRange), (["stratify": 1], .wrongType),
  ]

  @Test(arguments: refused)
  func theTypeRefuses(_ json: JSONValue, _ kind: Diagnostic.Kind) {
    #expect(SplitOptions.parameterType.findings(in: json).map(\.kind) == [kind])
  }
}
