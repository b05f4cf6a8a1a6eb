import Testing

@testable import TimbreStudio

/// A form in pieces of `size` bytes: the events must not depend on how it arrives.
private func events(_ body: String, boundary: String = "x", size: Int) throws -> [MultipartParser.Event] {
  var parser = try #require(MultipartParser(contentType: "multipart/form-data; boundary=\(boundary)"))
  var events: [MultipartParser.Event] = []
  let bytes = Array(body.utf8)
  for start in stride(from: 0, to: bytes.count, by: size) {
    events += try parser.consume(bytes[start..<min(start + size, bytes.count)])
  }
  try parser.finish()
  // Data may come in any number of pieces.
  return events.reduce(into: []) { joined, event in
    if case .data(let more) = event, case .data(let before)? = joined.last {
      joined[joined.count - 1] = .data(before + more)
    } else {
      joined.append(event)
    }
  }
}

@Suite struct MultipartTests {
  static let form =
    "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ndemo\r\n"
    + "--x\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"a \\\"b\\\".wav\"\r\nContent-Type: audio/wav\r\n\r\n"
    + "RI\r\n--\r\n--xx?\r\n-FF\r\n--x--\r\nafter"

  @Test(arguments: [1, 2, 3, 7, 16, 1_000])
  func `a form is the same in pieces of any size`(size: Int) throws {
    // "--xx" is not the boundary "--x" followed by a line end: such data is refused, as RFC 2046 forbids it.
    let plain = Self.form.replacing("--xx?", with: "-xx?")
    #expect(
      try events(plain, size: size) == [
        .part(name: "model", fileName: nil, type: nil), .data(Array("demo".utf8)), .partEnd,
        .part(name: "audio", fileName: "a \"b\".wav", type: "audio/wav"),
        .data(Array("RI\r\n--\r\n-xx?\r\n-FF".utf8)), .partEnd, .end,
      ])
  }

  @Test(arguments: [1, 5, 1_000])
  func `an empty file is a part without data`(size: Int) throws {
    let body = "--x\r\nContent-Disposition: form-data; name=a; filename=\"\"\r\n\r\n\r\n--x--\r\n"
    #expect(try events(body, size: size) == [.part(name: "a", fileName: "", type: nil), .partEnd, .end])
  }

  @Test func `a preamble is passed over`() throws {
    let body = "hello\r\n--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--"
    #expect(
      try events(body, size: 3) == [.part(name: "a", fileName: nil, type: nil), .data([0x31]), .partEnd, .end])
  }

  @Test(arguments: [
    "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nno end", "--x\r\nno colon\r\n\r\n", "--xyz", "",
    "--x\r\nContent-Type: a\r\n\r\nno name\r\n--x--", "--x\r\n" + String(repeating: "h", count: 20_000),
  ])
  func `what is no form is refused`(body: String) {
    #expect(throws: Refusal.self) { try events(body, size: 11) }
  }

  @Test(arguments: [
    "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x",
  ])
  func `other types are no form`(type: String) {
    #expect(MultipartParser(contentType: type) == nil)
  }
}
