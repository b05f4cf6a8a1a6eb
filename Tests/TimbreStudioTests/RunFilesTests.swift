import Testing
import TimbreCore

@testable import TimbreStudio

@Suite struct RunFilesTests {
  @Test(
    arguments: [
      (nil, ByteRange.whole), ("bytes=0-9", .part(0..<10)), ("bytes=90-", .part(90..<100)),
      ("bytes=-10", .part(90..<100)),
      ("bytes=-500", .part(0..<100)), ("bytes=95-500", .part(95..<100)), ("bytes=100-", .none), ("bytes=-0", .none),
      ("bytes=9-1", .whole), ("bytes=1-2,4-5", .whole), ("chars=1-2", .whole), ("bytes=-", .whole),
      ("bytes=a-b", .whole),
      ("bytes=+1-2", .whole), ("bytes=99999999999999999999-", .whole),
    ] as [(String?, ByteRange)])
  func `a range of bytes is what the header means`(header: String?, expected: ByteRange) {
    #expect(ByteRange(header, size: 100) == expected)
  }

  @Test func `an empty file has no range`() {
    #expect(ByteRange("bytes=0-", size: 0) == .none)
    #expect(ByteRange("bytes=-1", size: 0) == .none)
    #expect(ByteRange(nil, size: 0) == .whole)
  }

  private func feature(bins: Int, frames: Int, _ value: (_ bin: Int, _ frame: Int) -> Float) -> FeatureMatrix {
    let values = (0..<frames).flatMap { frame in (0..<bins).map { value($0, frame) } }
    let axes = FeatureAxes(bins: (0..<bins).map { "b\($0)" }, hop: 0.01, start: 0)
    return FeatureMatrix(axes: axes, values: values)
  }

  @Test func `a small part has the feature's own values`() {
    let feature = feature(bins: 5, frames: 40) { Float(10 * $1 + $0) / 3 }
    var wish = FeatureWindow.Wish()
    (wish.firstFrame, wish.frames, wish.firstBin, wish.bins) = (7, 3, 2, 2)
    let window = FeatureWindow(feature, wish, isNonNegative: true)
    #expect(window.pooling == .none && window.frames == 7..<10 && window.bins == 2..<4)
    #expect(window.values == [72, 82, 92, 73, 83, 93].map { Float($0) / 3 })
  }

  @Test func `a large one keeps clicks, and means where values are signed`() {
    let click = feature(bins: 4, frames: 1_000) { $0 == 1 && $1 == 503 ? 9 : 0 }
    var wish = FeatureWindow.Wish()
    (wish.columns, wish.rows) = (10, 2)
    let largest = FeatureWindow(click, wish, isNonNegative: true)
    #expect(largest.pooling == .largest && largest.values.count == 20 && largest.values[5] == 9)
    let signed = feature(bins: 4, frames: 1_000) { $1 % 2 == 0 ? Float($0) : -1 }
    let mean = FeatureWindow(signed, wish, isNonNegative: false)
    #expect(mean.pooling == .mean && mean.values[0] == -0.25 && mean.values[10] == 0.75)
  }

  @Test func `what lies outside is moved inside`() {
    let feature = feature(bins: 3, frames: 5) { Float($0 + $1) }
    var wish = FeatureWindow.Wish()
    (wish.firstFrame, wish.frames, wish.firstBin, wish.bins) = (.max, .max, 99, 1)
    let window = FeatureWindow(feature, wish, isNonNegative: true)
    #expect(window.frames == 4..<5 && window.bins == 2..<3 && window.values == [6])
  }

  @Test func `sound and pictures beside a page are asked for with its pass`() {
    func passed(_ text: String) -> String { String(decoding: RunFiles.passing(Array(text.utf8), "k"), as: UTF8.self) }
    #expect(passed(#"<audio src="./a b.wav"></audio>"#) == #"<audio src="./a b.wav?pass=k"></audio>"#)
    #expect(
      passed(#"<img src="./1.png"><a href="./x"> <img src="data:x"> <img src="./2.png?v=1"> <img src="./3"#)
        == #"<img src="./1.png?pass=k"><a href="./x"> <img src="data:x"> <img src="./2.png?v=1"> <img src="./3"#)
    #expect(passed("") == "")
    #expect(passed("<html><head><title>") == #"<html><head><link rel="icon" href="data:,"><title>"#)
  }
}
