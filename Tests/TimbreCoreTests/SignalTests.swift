import Testing
import TimbreCore

@Suite struct SignalTests {
  @Test func knowsItsDurationAndItsFirstBadSample() {
    #expect(Signal(samples: [Float](repeating: 0, count: 11_025), sampleRate: 22_050).duration == 0.5)
    #expect(Signal(samples: [0, 1, .nan, .infinity], sampleRate: 8_000).firstNonFinite == 2)
    #expect(Signal(samples: [0, 1], sampleRate: 8_000).firstNonFinite == nil)
  }
}
