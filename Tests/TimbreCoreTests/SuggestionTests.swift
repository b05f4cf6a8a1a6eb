import Testing
import TimbreCore

@Suite struct SuggestionTests {
  private let names = ["n_mfcc", "hop_length", "win_length", "n_fft", "power"]

  @Test(arguments: [
    ("n_mffc", "n_mfcc"), ("nmfcc", "n_mfcc"), ("hoplength", "hop_length"), ("HOP_LENGTH", "hop_length"),
    ("n_ftf", "n_fft"), ("powr", "power"),
  ])
  func slipsAreRecognised(_ word: String, _ meant: String) {
    #expect(closest(to: word, among: names) == meant)
    #expect(suggestion(for: word, among: names) == "did you mean \"\(meant)\"?")
  }

  @Test func strangersAreNot() {
    #expect(closest(to: "amplitude", among: names) == nil)
    #expect(closest(to: "", among: names) == nil)
    #expect(closest(to: String(repeating: "a", count: 100_000), among: names) == nil)
  }

  @Test func shortListsAreShown() {
    #expect(suggestion(for: "xyz", among: names) == "known: n_mfcc, hop_length, win_length, n_fft, power")
    #expect(suggestion(for: "xyz", among: (0..<25).map { "parameter \($0)" }) == nil)
    #expect(suggestion(for: "xyz", among: []) == nil)
  }

  @Test func aSwapCostsOne() {
    // A swap of neighbours is one slip, so that it is still close for a word of three letters.
    #expect(closest(to: "abc", among: ["acb"]) == "acb")
    #expect(closest(to: "abc", among: ["xyc"]) == nil)
  }
}
