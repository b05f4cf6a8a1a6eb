import Foundation
import Testing
import TimbreAudio
import TimbreCore

/// `timbre resynth`, and what a run lets hear of its features.
@Suite struct ResynthTests {
  private func samples(_ path: String) throws -> Signal {
    try load(.file(path), options: LoadOptions(sampleRate: nil)).signal
  }

  @Test(arguments: ["feature.mfcc", "feature.melspectrogram", "feature.stft"])
  func aFeatureIsHeardAtTheLengthAndLevelOfTheOriginal(_ id: String) throws {
    let space = try Workspace()
    let original = voice(pitch: 150, seconds: 0.7, rate: 16_000)
    try space.write(original, to: "a.wav")
    // Fewer coefficients smooth the levels of the bands, which makes a buzz quieter.
    let sets = id == "feature.mfcc" ? ["--set", "n_mfcc=128"] : []
    let words = ["resynth", "a.wav", "--use", id, "--sample-rate", "native", "--seed", "3"] + sets + ["--out"]
    let outcome = try space.start(words + ["b.wav"]).finish()
    #expect(outcome.status == 0, "\(outcome.err)")
    let heard = try samples(space.path("b.wav"))
    #expect(heard.sampleRate == 16_000 && heard.samples.count == original.samples.count)
    func level(_ signal: Signal) -> Double {
      (signal.samples.reduce(0) { $0 + Double($1 * $1) } / Double(signal.samples.count)).squareRoot()
    }
    // Within 3 dB.
    #expect(abs(log2(level(heard) / level(original))) < 0.5)
    #expect(try space.start(words + ["c.wav"]).finish().status == 0)
    #expect(try space.data("b.wav") == space.data("c.wav"))
  }

  @Test func whatCannotBeHeardIsRefusedWithWhatCan() throws {
    let space = try Workspace()
    try space.write(voice(pitch: 150), to: "a.wav")
    let rms = try space.timbre("resynth", "a.wav", "--use", "feature.rms", "--out", "b.wav")
    #expect(rms.status == 2)
    #expect(rms.err.contains("feature.mfcc") && rms.err.contains("feature.melspectrogram"))
    #expect(try space.timbre("resynth", "a.wav", "--use", "feature.delta", "--out", "b.wav").status == 2)
    let wrong = try space.timbre(
      "resynth", "a.wav", "--use", "feature.mfcc", "--momentum=-1", "--n-iter=-3", "--init", "zero", "--out", "b.wav")
    #expect(wrong.status == 2)
    for name in ["momentum", "n_iter", "init"] { #expect(wrong.err.contains(name)) }
    #expect(try space.timbre("resynth", "a.wav", "--use", "feature.mfcc", "--out", "b.npy").status == 2)
    let lifted = try space.timbre(
      "resynth", "a.wav", "--use", "feature.mfcc", "--set", "lifter=2", "--out", "b.wav")
    #expect(lifted.status == 1 && lifted.err.contains("lifter"))
    #expect(!space.exists("b.wav"))
  }

  @Test func whatIsNotFiniteIsRefused() throws {
    let space = try Workspace()
    try space.write(voice(pitch: 150), to: "a.wav")
    let faint = try space.timbre("resynth", "a.wav", "--use", "feature.mfcc", "--set", "power=0.001", "--out", "b.wav")
    #expect(faint.status == 1 && faint.err.contains("not_finite") && faint.err.contains("help"))
    let steep = try space.timbre(
      "extract", "a.wav", "--use", "feature.melspectrogram", "--set", "power=1e9", "--out", "b.npy")
    #expect(steep.status == 1 && steep.err.contains("not_finite") && steep.err.contains("help"))
    #expect(!space.exists("b.wav") && !space.exists("b.npy"))
    let loose = try space.timbre(
      "extract", "a.wav", "--use", "feature.mfcc", "--of-set", "n_mels=4", "--out", "b.npy")
    #expect(loose.status == 2 && loose.err.contains("--of"))
  }

  @Test func aRunLetsItsFeaturesBeHeardWhenAsked() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["artifacts": #"{ "clips": 2, "resynth": true }"#])
    let outcome = try corpus.space.timbre("run", "w.json", "--out", "r")
    #expect(outcome.status == 0, "\(outcome.err)")
    let page = try corpus.space.text("r/report.html")
    let clips = try FileManager.default.contentsOfDirectory(atPath: corpus.space.path("r/clips"))
    #expect(clips.count == 2)
    for clip in clips {
      for view in ["original", "noisy"] {
        let file = "clips/\(clip)/\(view).mfcc.wav"
        #expect(page.contains("src=\"./\(file)\""))
        let sounds = try [file, "clips/\(clip)/\(view).wav"].map { try samples(corpus.space.path("r/" + $0)) }
        #expect(sounds[0].samples.count == sounds[1].samples.count)
        // Crossings cannot be turned back.
        #expect(!corpus.space.exists("r/clips/\(clip)/\(view).zcr.wav"))
      }
    }
    try corpus.write()
    #expect(try corpus.space.timbre("run", "w.json", "--out", "plain").status == 0)
    #expect(!corpus.space.exists("plain/clips/\(clips[0])/original.mfcc.wav"))
  }
}
