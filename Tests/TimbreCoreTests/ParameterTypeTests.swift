import Testing
import TimbreCore

@Suite struct ParameterTypeTests {
  /// Kind, path and message of every finding, on one line each.
  private func findings(_ type: ParameterType, _ value: JSONValue) -> [String] {
    type.findings(in: value).map { finding in
      let place = finding.diagnostic.subject.map { " at \($0)" } ?? ""
      return "\(finding.kind)\(place): \(finding.message)" + (finding.help.map { " (\($0))" } ?? "")
    }
  }

  @Test func plainTypes() {
    #expect(findings(.null, nil) == [] && findings(.null, 1) == ["wrong_type: expected null, found an integer"])
    #expect(
      findings(.bool, true) == [] && findings(.bool, "true") == ["wrong_type: expected true or false, found a string"])
    #expect(findings(.string, "a") == [] && findings(.path, [:]) == ["wrong_type: expected a string, found an object"])
  }

  @Test func integers() {
    #expect(findings(.int(1...8), 8) == [] && findings(.int(1...8), 5.0) == [])
    #expect(findings(.int(1...8), 9) == ["out_of_range: 9 is out of range: must be 1 to 8"])
    #expect(findings(.int(1...Int.max), 0) == ["out_of_range: 0 is out of range: must be at least 1"])
    #expect(findings(.int(1...8), 1.5) == ["wrong_type: expected an integer, found a number"])
  }

  @Test func numbers() {
    #expect(findings(.number(.fraction), 0) == [] && findings(.number(.positive), 1e-300) == [])
    #expect(findings(.number(.fraction), 1) == ["out_of_range: 1 is out of range: must be at least 0 and below 1"])
    #expect(findings(.number(.positive), 0.0) == ["out_of_range: 0 is out of range: must be above 0"])
    #expect(findings(.number(.any), .number(.infinity)) == ["out_of_range: inf is out of range: must be finite"])
    #expect(findings(.number(.any), "1") == ["wrong_type: expected a number, found a string"])
  }

  @Test func choices() {
    #expect(findings(.choice(["hann", "hamming"]), "hann") == [])
    #expect(
      findings(.choice(["hann", "hamming"]), "han") == [
        "unknown_choice: unknown value \"han\" (did you mean \"hann\"?)"
      ])
    #expect(
      findings(.choice(["hann", "hamming"]), 1) == ["wrong_type: expected one of hann, hamming, found an integer"])
  }

  @Test func alternatives() {
    let type = ParameterType.oneOf([.int(1...8), .choice(["auto"]), .list(of: .int(0...9), count: 1...3)])
    #expect(findings(type, 8) == [] && findings(type, "auto") == [] && findings(type, [0, 9]) == [])
    // The alternative whose type fits is the one that was meant.
    #expect(findings(type, 9) == ["out_of_range: 9 is out of range: must be 1 to 8"])
    #expect(findings(type, "auot") == ["unknown_choice: unknown value \"auot\" (did you mean \"auto\"?)"])
    #expect(findings(type, [1, 10]) == ["out_of_range at 1: 10 is out of range: must be 0 to 9"])
    #expect(
      findings(type, true) == [
        "wrong_type: expected an integer 1 to 8, or one of \"auto\", or a list of: an integer 0 to 9, found a boolean"
      ])
    #expect(findings(.optional(.bool), nil) == [])
  }

  @Test func listsAndMaps() {
    let list = ParameterType.list(of: .bool, count: 1...2)
    #expect(findings(list, [true, 1]) == ["wrong_type at 1: expected true or false, found an integer"])
    #expect(findings(list, []) == ["out_of_range: 0 items: must be 1 to 2"])
    #expect(findings(list, true) == ["wrong_type: expected a list, found a boolean"])
    let map = ParameterType.map(of: .list(of: .string, count: 0...Int.max))
    #expect(findings(map, ["a": [], "b": ["x", 2]]) == ["wrong_type at b.1: expected a string, found an integer"])
    #expect(findings(map, []) == ["wrong_type: expected an object, found a list"])
  }

  @Test func recordsTellEverythingAtOnce() {
    let type = ParameterType.record([
      ParameterDescription(name: "size", type: .int(1...9), unit: nil, summary: "How large.", defaultValue: 3),
      ParameterDescription(name: "name", type: .string, unit: nil, summary: "What it is called.", defaultValue: nil),
    ])
    #expect(
      findings(type, ["size": 10, "siez": 1]) == [
        "out_of_range at size: 10 is out of range: must be 1 to 9",
        "unknown_key at siez: unknown parameter \"siez\" (did you mean \"size\"?)",
        "missing_key: missing parameter \"name\" (What it is called.)",
      ])
    #expect(type.findings(in: ["siez": 1, "name": "x"]).map(\.isAboutKey) == [true])
    #expect(findings(type, []) == ["wrong_type: expected an object, found a list"])
  }

  @Test func variants() {
    let type = Shape.parameterType
    #expect(findings(type, "circle") == [] && findings(type, ["type": "square", "side": 2]) == [])
    #expect(findings(type, "circel") == ["unknown_choice: unknown type \"circel\" (did you mean \"circle\"?)"])
    #expect(
      findings(type, ["type": "sqare"]) == ["unknown_choice at type: unknown type \"sqare\" (did you mean \"square\"?)"]
    )
    #expect(findings(type, ["side": 1]) == ["missing_key: missing \"type\" (one of circle, square)"])
    #expect(findings(type, ["type": 1]) == ["wrong_type at type: expected a string, found an integer"])
    #expect(findings(type, 1) == ["wrong_type: expected an object with \"type\", found an integer"])
    #expect(
      findings(type, ["type": "circle", "side": 1]) == [
        "unknown_key at side: unknown parameter \"side\" of circle (known: radius)"
      ])
    #expect(
      findings(.list(of: type, count: 0...9), ["circle", ["type": "square", "side": 0]]) == [
        "out_of_range at 1.side: 0 is out of range: must be at least 1"
      ])
  }

  @Test func rangesEndWhereTheySay() {
    let half = NumberRange(0, 1, excludesLower: true, excludesUpper: true)
    #expect(
      !half.contains(0) && half.contains(.leastNonzeroMagnitude) && half.contains(1.nextDown) && !half.contains(1))
    #expect(!half.contains(.nan) && half.condition == "above 0 and below 1")
    #expect(NumberRange.closed(0, 1).contains(1) && NumberRange.closed(0, 1).condition == "at least 0 and at most 1")
  }

  @Test func numbersAreShort() {
    #expect(short(3) == "3" && short(0.5) == "0.5" && short(-2) == "-2" && short(1e12) == "1000000000000.0")
  }
}
