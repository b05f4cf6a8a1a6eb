import TimbreCore

/// The range that holds a score in 95 % of cases, by the test side resampled.
public struct Interval: Sendable, Hashable {
  public var lower: Double
  public var upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }
}

/// 95 % intervals of the scores, by the percentile bootstrap (Efron and Tibshirani, 1993), expanded for few clusters: `BootstrapLevel`.
public struct ScoreIntervals: Sendable, Hashable {
  public var accuracy: Interval
  public var uar: Interval
  public var macroF1: Interval
  public var weightedF1: Interval
  public var resamples: Int
  /// Clips or speakers that were drawn from.
  public var clusters: Int

  /// Draws whole clusters with replacement, as many as there are, and scores each draw.
  ///
  /// - Parameters:
  ///   - clusters: The clip or the speaker of each row. Rows of one cluster are no independent evidence, so they are drawn
  ///     together; nil makes each row its own cluster.
  ///   - resamples: At least 1.
  public init(
    truth: [Int], predicted: [Int], classCount: Int, clusters: [String]? = nil, resamples: Int = 1000, seed: UInt64
  ) {
    precondition(resamples > 0, "an interval needs a resample")
    let cells = zip(truth, predicted).map { $0 * classCount + $1 }
    let table = ClusterTable(cells: cells, clusters: clusters)
    var random = RandomSource(seed: seed, "bootstrap")
    var scores: [Scores] = []
    scores.reserveCapacity(resamples)
    var confusion = ConfusionMatrix(truth: [], predicted: [], classCount: classCount)
    for _ in 0..<resamples {
      table.draw(into: &confusion.counts, &random)
      scores.append(Scores(confusion))
    }
    let tail = BootstrapLevel.tail(clusters: table.count)
    func interval(_ score: (Scores) -> Double) -> Interval {
      let sorted = scores.map(score).sorted()
      func at(_ percent: Double) -> Double { interpolatedPercentile(percent, ofSorted: sorted.count) { sorted[$0] } }
      return Interval(lower: at(tail), upper: at(100 - tail))
    }
    accuracy = interval(\.accuracy)
    uar = interval(\.uar)
    macroF1 = interval(\.macroF1)
    weightedF1 = interval(\.weightedF1)
    self.resamples = resamples
    self.clusters = table.count
  }
}

/// The cells of the confusion matrix that each cluster's rows fall into.
private struct ClusterTable {
  /// Cells of all clusters, one cluster after the other.
  let cells: [Int32]
  /// Where each cluster starts, and the end.
  let starts: [Int32]
  var count: Int { starts.count - 1 }

  init(cells: [Int], clusters: [String]?) {
    guard let clusters else {
      self.cells = cells.map { Int32($0) }
      starts = (0...cells.count).map { Int32($0) }
      return
    }
    precondition(clusters.count == cells.count, "one cluster a row")
    var indices: [String: Int] = [:]
    var members: [[Int32]] = []
    for (cell, cluster) in zip(cells, clusters) {
      if let index = indices[cluster] {
        members[index].append(Int32(cell))
      } else {
        indices[cluster] = members.count
        members.append([Int32(cell)])
      }
    }
    self.cells = members.flatMap(\.self)
    starts = members.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.count)) }
  }

  func draw(into counts: inout [Int], _ random: inout RandomSource) {
    for cell in counts.indices { counts[cell] = 0 }
    let clusters = UInt64(count)
    unsafe counts.withUnsafeMutableBufferPointer { counts in
      unsafe cells.withUnsafeBufferPointer { cells in
        unsafe starts.withUnsafeBufferPointer { starts in
          for _ in 0..<clusters {
            // The bias of scaling 32 bits, count / 2³², is far below what a bootstrap resolves.
            let cluster = Int(((random.next() >> 32) &* clusters) >> 32)
            var row = unsafe Int(starts[cluster])
            let end = unsafe Int(starts[cluster &+ 1])
            while row < end {
              unsafe counts[Int(cells[row])] &+= 1
              row &+= 1
            }
          }
        }
      }
    }
  }
}
