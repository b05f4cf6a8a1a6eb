import Foundation
import TimbreCore

/// Repeats a piece of work and says how long one took.
enum Stopwatch {
  /// `seconds` (the median), `cpu` (the mean of what the process used, all threads) and `calls`.
  static func time(seconds limit: Double, _ work: () throws -> [Float]) throws -> JSONValue {
    for _ in 0..<3 { keep(try work()) }
    let clock = ContinuousClock()
    var taken: [Double] = []
    let processor = processorSeconds()
    let start = clock.now
    repeat {
      let begin = clock.now
      keep(try work())
      taken.append((clock.now - begin) / Duration.seconds(1))
    } while (clock.now - start) / Duration.seconds(1) < limit
    let cpu = (processorSeconds() - processor) / Double(taken.count)
    taken.sort()
    return .object([
      .init("seconds", .number(taken[taken.count / 2])), .init("cpu", .number(cpu)), .init("calls", .int(taken.count)),
    ])
  }

  /// What one call costs after some others, whatever the machine: `transforms`, `products`, and `faults`, the pages that all calls
  /// together touched first. These are counted five times and the least is told: what a call does it does each time, while a
  /// busy system takes pages away, those of the program too, once in a while.
  static func count(calls: Int, _ work: () throws -> [Float]) throws -> JSONValue {
    for _ in 0..<24 { keep(try work()) }
    let rounds = 5
    var least = Int.max
    let (transforms, products) = (WorkDone.transforms.value, WorkDone.products.value)
    for _ in 0..<rounds {
      let faults = pageFaults()
      for _ in 0..<calls { keep(try work()) }
      least = min(least, pageFaults() - faults)
    }
    return .object([
      .init("transforms", .int((WorkDone.transforms.value - transforms) / (rounds * calls))),
      .init("products", .int((WorkDone.products.value - products) / (rounds * calls))),
      .init("faults", .int(least)),
    ])
  }

  private static func pageFaults() -> Int {
    var usage = rusage()
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_minflt
  }

  /// User and system time of this process.
  private static func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  /// A result that somebody may look at cannot be optimised away.
  @inline(never)
  private static func keep(_ values: [Float]) { withExtendedLifetime(values) {} }
}

func flushOutput() { fflush(nil) }
