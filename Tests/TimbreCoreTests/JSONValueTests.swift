import Foundation
import Testing
import TimbreCore

@Suite struct JSONValueTests {
  @Test func writesOneLine() {
    let value: JSONValue = ["b": [1, 2.5, true, nil], "a": ["x": "y"], "empty": [:], "none": []]
    #expect(value.description == #"{"b": [1, 2.5, true, null], "a": {"x": "y"}, "empty": {}, "none": []}"#)
  }

  @Test func prettyKeepsShortListsOnOneLine() {
    let value: JSONValue = [
      "list": [1, 2], "objects": [["a": 1], ["b": []]], "long": .array((0..<13).map { .int($0) }),
    ]
    let expected = """
      {
        "list": [1, 2],
        "objects": [
          {"a": 1},
          {"b": []}
        ],
        "long": [
          0,
          1,
          2,
          3,
          4,
          5,
          6,
          7,
          8,
          9,
          10,
          11,
          12
        ]
      }

      """
    #expect(value.pretty == expected)
  }

  @Test func escapesWhatJSONCannotHold() {
    #expect(JSONValue.string("\"\\\n\r\t\u{1}é😀").description == #""\"\\\n\r\t\u0001é😀""#)
    #expect(JSONValue.number(.nan).description == "null" && JSONValue.number(-.infinity).description == "null")
  }

  private struct Written: Codable, Equatable {
    var number: Double
    var text: String
    var whole: Int
  }

  /// Another reader has to find the same values.
  @Test func foundationReadsWhatIsWritten() throws {
    var random = RandomSource(seed: 1)
    for _ in 0..<200 {
      let scalars = (0..<10).compactMap { _ in Unicode.Scalar(random.index(below: 0x3000)) }
      let size = Double(sign: .plus, exponent: random.index(below: 200) - 100, significand: 1)
      let expected = Written(
        number: random.normal() * size, text: String(String.UnicodeScalarView(scalars)),
        whole: random.index(below: .max))
      let value: JSONValue = [
        "number": .number(expected.number), "text": .string(expected.text), "whole": .int(expected.whole),
      ]
      for written in [value.description, value.pretty] {
        #expect(try JSONDecoder().decode(Written.self, from: Data(written.utf8)) == expected)
      }
    }
  }

  @Test func integersMayBeWrittenWithAPoint() {
    #expect(JSONValue.number(5).intValue == 5)
    #expect(JSONValue.number(5.5).intValue == nil)
    #expect(JSONValue.number(1e300).intValue == nil)
    #expect(JSONValue.string("5").intValue == nil)
    #expect(JSONValue.int(5).doubleValue == 5)
  }

  @Test func wholeNumbersAreWrittenAsAPersonWould() {
    #expect(22_050.0.json == 22_050)
    #expect(0.6.json == 0.6)
    #expect(1e300.json == .number(1e300))
    #expect((-0.0).json.description == "-0.0")
  }

  @Test func lookups() {
    let value: JSONValue = ["a": 1]
    #expect(value["a"] == 1 && value["b"] == nil && JSONValue.int(1)["a"] == nil)
    #expect(
      [JSONValue.null, true, 1, 1.5, "", [], [:]].map(\.typeName) == [
        "null", "a boolean", "an integer", "a number", "a string", "a list", "an object",
      ])
  }
}
