import Testing
import TimbreCore
import TimbreReport

@Suite struct CSVTests {
  /// An RFC 4180 reader, written independently of the writer.
  private func parse(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = ""
    var isQuoted = false
    let scalars = Array(text.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      if isQuoted {
        if scalar == "\"", index + 1 < scalars.count, scalars[index + 1] == "\"" {
          field.unicodeScalars.append(scalar)
          index += 1
        } else if scalar == "\"" {
          isQuoted = false
        } else {
          field.unicodeScalars.append(scalar)
        }
      } else if scalar == "\"" {
        isQuoted = true
      } else if scalar == "," || scalar == "\n" {
        row.append(field)
        field = ""
        if scalar == "\n" {
          rows.append(row)
          row = []
        }
      } else {
        field.unicodeScalars.append(scalar)
      }
      index += 1
    }
    return rows
  }

  @Test func readsBack() {
    let rows = [
      ["a,b", "say \"hi\"", "two\nlines"], ["", "\r\n", "\""], ["ümlaut", " space ", "'"], ["=1+1", "x\ry", ",,"],
    ]
    #expect(parse(CSV.text(header: ["1", "2", "3"], rows: rows)) == [["1", "2", "3"]] + rows)
    #expect(CSV.field("plain") == "plain")
    #expect(CSV.field("a\"b") == "\"a\"\"b\"")
    #expect(CSV.line([""]) == "\"\"\n")
  }

  @Test func numbersRoundTrip() {
    var random = RandomSource(seed: 3)
    for _ in 0..<1_000 {
      let value = Float(random.uniform(-1, 1)) * 1e-3
      #expect(Float(CSV.number(value)) == value)
    }
    #expect(CSV.number(Float(0.1)) == "0.1")
    #expect(CSV.number(Double.nan) == "nan")
  }

  /// Long enough to be written in parts.
  @Test func filesHoldTheSameAsTexts() throws {
    let scratch = try Scratch()
    let some = [
      ["a,b", "say \"hi\"", "two\nlines"], ["", "\r\n", "\""], ["ümlaut", " space ", "'"], [""], ["", ""],
    ]
    let rows = (0..<60_000).map { some[$0 % some.count] }
    for (name, rows) in [("long", rows), ("short", some), ("none", [])] {
      try CSV.write(header: ["1", "2", "3"], rows: rows, to: scratch.file(name))
      #expect(
        String(decoding: try AtomicFile.read(scratch.file(name)), as: UTF8.self)
          == CSV.text(header: ["1", "2", "3"], rows: rows))
    }
  }

  @Test func matrixWithNames() throws {
    let scratch = try Scratch()
    let matrix = Matrix(rows: 2, columns: 2, values: [1, 2.5, -3, 0.1])
    try CSV.write(matrix, columns: ["a", "b"], rowNames: ("id", ["x", "y,z"]), to: scratch.file("m.csv"))
    #expect(
      String(decoding: try AtomicFile.read(scratch.file("m.csv")), as: UTF8.self)
        == "id,a,b\nx,1.0,2.5\n\"y,z\",-3.0,0.1\n")
  }
}
