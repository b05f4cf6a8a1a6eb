import Testing
import TimbreCore

struct PackedRunsTests {
  @Test func runsOfAllLengthsComeBackWhateverTheOrder() {
    let lengths = [0, 1, 7, 300_000, 131_072, 131_073, 40, 0, 131_000, 100]
    var runs = PackedRuns<UInt32>(count: lengths.count)
    for index in lengths.indices.reversed() {
      runs[index] = (0..<lengths[index]).map { UInt32($0 * 31 + index) }[...]
    }
    for (index, length) in lengths.enumerated() {
      #expect(runs[index].count == length)
      #expect(runs[index].enumerated().allSatisfy { Int($1) == $0 * 31 + index })
    }
    runs.withRuns { inPlace in
      #expect(inPlace.count == lengths.count)
      for index in lengths.indices { #expect(unsafe inPlace[index].elementsEqual(runs[index])) }
    }
    #expect(runs.count == lengths.count)
  }

  @Test func whatWasNotSetIsEmptyAndTheLastOneSetHolds() {
    var runs = PackedRuns<UInt8>(count: 3)
    #expect(runs[0].isEmpty && runs[2].isEmpty)
    runs[1] = [1, 2, 3]
    runs[1] = [9]
    #expect(Array(runs[1]) == [9])
    #expect(runs.withRuns { unsafe $0[0].isEmpty && $0[1].elementsEqual([9]) })
    #expect(PackedRuns<UInt8>(count: 2).withRuns { unsafe $0[1].isEmpty })
  }
}
