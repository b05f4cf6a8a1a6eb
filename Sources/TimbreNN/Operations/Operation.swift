/// What lies between two layers, for every sample of a batch: the numbers and, in training, the loss's derivative by them.
struct Values {
  let shape: Shape
  let values: Floats
  /// nil where no derivative is asked for: in inference, and of the input of a network.
  let gradient: Floats?
  /// nil of vectors, and where every sequence has its full length.
  var lengths: Lengths?
  /// Whether all samples have one place, which stays in the second cache: between operations that work sample after sample.
  var isShared = false

  /// Beyond its end a sequence is zero, as if nothing followed: its numbers and what depends on them.
  func endSequences(_ slice: Slice) {
    forEachEnd(slice) { index, end in sample(index).from(end).fill(0) }
  }
  func endGradients(_ slice: Slice) {
    guard let gradient else { return }
    forEachEnd(slice) { index, end in gradient.from(index * shape.count + end, shape.count - end).fill(0) }
  }

  private func forEachEnd(_ slice: Slice, _ body: (_ sample: Int, _ end: Int) -> Void) {
    guard let lengths else { return }
    for sample in slice.first..<slice.first + slice.count { body(sample, lengths[sample] * shape.channels) }
  }

  @inline(__always)
  func sample(_ index: Int) -> Floats { values.from(isShared ? 0 : index * shape.count, shape.count) }

  /// Channels-last rows of all samples of a slice.
  @inline(__always)
  func rows(_ slice: Slice) -> Floats {
    assert(!isShared || slice.count == 1)
    return values.from(isShared ? 0 : slice.first * shape.count, slice.count * shape.count)
  }
}

/// How many positions of each sample of a batch are real. Set before a pass, and only read during one.
final class Lengths {
  private var values: [Int]

  init(_ length: Int, capacity: Int) { values = [Int](repeating: length, count: capacity) }

  subscript(sample: Int) -> Int {
    get { values[sample] }
    set { values[sample] = newValue }
  }
}

/// Neighbouring samples of a batch, worked by one thread from end to end. The cut never depends on the number of threads.
struct Slice {
  /// Samples of a whole slice; only the last of a training batch may be shorter.
  static let size = 8

  let index: Int
  let first: Int
  let count: Int
  /// Whether earlier samples of the slice have been worked before: sums over the slice go on.
  let goesOn: Bool

  init(_ index: Int, of samples: Int) {
    self.index = index
    goesOn = false
    first = index * Self.size
    count = Swift.min(Self.size, samples - first)
  }

  /// One sample of a slice.
  private init(_ sample: Int, of slice: Slice) {
    index = slice.index
    first = sample
    count = 1
    goesOn = sample > slice.first
  }

  /// The slice, or each of its samples.
  func parts(bySample: Bool) -> [Slice] {
    bySample ? (first..<first + count).map { Slice($0, of: self) } : [self]
  }

  static func count(for samples: Int) -> Int { (samples + size - 1) / size }
}

/// One trip of a batch through the network.
struct Pass {
  let samples: Int
  let isTraining: Bool
  let seed: UInt64
  /// From 0, over all epochs.
  let step: Int

  var slices: Int { Slice.count(for: samples) }
}

/// The place of a trained tensor and of the loss's derivative by it.
struct Trainable {
  let values: Floats
  let gradient: Floats?
}

/// A layer at work. A step calls, in this order: `refresh`, `forward` and `backward` for every slice, `gradient`, `finish`.
///
/// Calls for different slices or tasks may run at the same time and write to places of their own.
class Operation {
  let input: Values
  let output: Values

  init(_ input: Values, _ output: Values) {
    self.input = input
    self.output = output
  }

  /// A window as it slides along one sample alone.
  @inline(__always)
  func fit(_ window: Window, to sample: Int) -> Window {
    guard let lengths = input.lengths else { return window }
    return window.over(lengths[sample])
  }

  /// Floats of scratch memory that a worker needs.
  var scratch: Int { 0 }

  /// Whether `forward` and `backward` take a slice's samples one by one. Such operations in a row work sample after sample, so that
  /// what one leaves is still at hand for the next.
  class var goesBySample: Bool { false }

  /// Whether `forward` waits until `survey` has seen every slice.
  var needsWholeBatch: Bool { false }
  func survey(_ slice: Slice) {}
  func conclude(_ pass: Pass) {}
  func surveyBackward(_ slice: Slice) {}
  func concludeBackward(_ pass: Pass) {}

  /// Brings what is derived from the weights up to date.
  var refreshTasks: Int { 0 }
  func refresh(_ task: Int) {}

  func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {}
  /// Derivative by the input from that by the output; may overwrite the latter.
  func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {}

  /// Derivative by the weights, over the whole batch at once.
  var gradientTasks: Int { 0 }
  func gradient(_ task: Int, _ pass: Pass, _ scratch: Floats) {}

  /// Sums over slices, in their order, and other last touches.
  var finishTasks: Int { 0 }
  func finish(_ task: Int, _ pass: Pass) {}
}

/// Sum of one row per slice, in the slices' order.
func sumSlices(_ partial: Floats, slices: Int, count: Int, into sum: Floats) {
  for start in stride(from: 0, to: count, by: 8) {
    let lanes = Swift.min(8, count - start)
    var total = Lanes8.zero
    for slice in 0..<slices { total += partial.load8(slice * count + start, lanes: lanes) }
    sum.store8(start, total, lanes: lanes)
  }
}
