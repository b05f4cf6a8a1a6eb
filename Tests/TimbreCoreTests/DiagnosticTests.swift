import Testing
import TimbreCore

@Suite struct DiagnosticTests {
  private func lines(_ diagnostic: Diagnostic) -> [String] {
    diagnostic.description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func printsAsCompilersDo() {
    let line = "    \"mfcc\": { \"use\": \"feature.mfcc\", \"n_mffc\": 20 },"
    let location = SourceLocation(file: "a.json", line: 14, column: 38, length: 8, sourceLine: line)
    let diagnostic = Diagnostic(
      .unknownKey, "unknown parameter \"n_mffc\"", help: "did you mean \"n_mfcc\"?", location: location)
    #expect(
      diagnostic.description == """
        a.json:14:38: error: unknown parameter "n_mffc" [unknown_key]
           14 |     "mfcc": { "use": "feature.mfcc", "n_mffc": 20 },
              |                                      ^~~~~~~~
          help: did you mean "n_mfcc"?
        """)
  }

  @Test func printsWithoutAPlace() {
    let diagnostic = Diagnostic(.badAudio, "no samples", subject: "a.wav", severity: .warning)
    #expect(diagnostic.description == "warning: a.wav: no samples [bad_audio]")
    #expect(diagnostic.about("b.wav").subject == "a.wav")
    #expect(Diagnostic(.badAudio, "no samples").about("b.wav").subject == "b.wav")
  }

  /// Wherever a long line is cut, the caret stays under its character.
  @Test(arguments: [1, 2, 50, 51, 52, 200, 349, 350])
  func longLinesAreCutAroundTheCaret(_ column: Int) {
    var scalars = [Character](repeating: ".", count: 350)
    scalars[column - 1] = "X"
    let location = SourceLocation(file: "f", line: 7, column: column, length: 1, sourceLine: String(scalars))
    let shown = lines(Diagnostic(.wrongType, "m", location: location))
    #expect(shown.count == 3)
    #expect(shown[1].count <= 110)
    let caret = shown[2].firstIndex(of: "^").map { shown[2].distance(from: shown[2].startIndex, to: $0) }
    let marked = shown[1].firstIndex(of: "X").map { shown[1].distance(from: shown[1].startIndex, to: $0) }
    #expect(caret != nil && caret == marked)
  }

  @Test func columnsCountScalarsAndTabsTakeOnePlace() {
    let location = SourceLocation(file: "f", line: 12_345, column: 4, length: 2, sourceLine: "\té\tab")
    let shown = lines(Diagnostic(.wrongType, "m", location: location))
    #expect(shown[1] == "12345 |  é ab")
    #expect(shown[2] == "      |    ^~")
  }

  @Test func marksEndWithTheLine() {
    let location = SourceLocation(file: "f", line: 1, column: 3, length: 99, sourceLine: "abcd")
    #expect(lines(Diagnostic(.wrongType, "m", location: location))[2] == "      |   ^~")
    let beyond = SourceLocation(file: "f", line: 1, column: 5, length: 0, sourceLine: "abcd")
    #expect(lines(Diagnostic(.wrongType, "m", location: beyond))[2] == "      |     ^")
  }
}
