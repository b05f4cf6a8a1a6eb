import RealModule
import TimbreCore
import TimbreMachine

/// A network with the memory for a batch of up to `capacity` samples; everything it needs is allocated here, once.
final class Network {
  let plan: NetworkPlan
  let weights: Weights
  let capacity: Int
  /// The derivative by every trained number; nil in inference.
  let gradient: Floats?
  private let arena = Arena()
  private let workers: Workers
  private let operations: [Operation]
  private let input: Values
  /// How the lengths of sequences follow from those of the input, layer by layer.
  private let windows: [(from: Lengths, window: Window, to: Lengths)]
  private let logits: Values
  private let scratch: [Floats]
  private let losses: Floats
  private let hits: Floats
  /// Runs of operations that a slice passes through without waiting for the others, each of rows of neighbours that go by sample
  /// together, all others alone.
  private let segments: [[Range<Int>]]
  private let refreshTasks: [(operation: Int, task: Int)]
  private let gradientTasks: [(operation: Int, task: Int)]
  private let finishTasks: [(operation: Int, task: Int)]

  init(_ plan: NetworkPlan, _ weights: Weights, capacity: Int, workers: Workers, isTraining: Bool) {
    self.plan = plan
    self.weights = weights
    self.capacity = capacity
    self.workers = workers
    let arena = arena
    let gradient = isTraining ? arena.floats(plan.trainedCount) : nil
    self.gradient = gradient
    var lengths: Lengths?
    if plan.rows.isSequence { lengths = Lengths(plan.input.length, capacity: capacity) }
    input = Values(
      shape: plan.input, values: arena.floats(capacity * plan.rows.count), gradient: nil, lengths: lengths)

    var current = input
    var windows: [(from: Lengths, window: Window, to: Lengths)] = []
    var operations: [Operation] = []
    // Before the first trained layer nobody asks for a derivative.
    var isTrainedBefore = false
    for (index, step) in plan.steps.enumerated() {
      guard let kind = step.operation else {
        current = Values(shape: step.output, values: current.values, gradient: current.gradient)
        continue
      }
      let follower = index + 1 < plan.steps.count ? plan.steps[index + 1].operation : nil
      // Training comes back to every sample.
      let isShared = !isTraining && kind.goesBySample && follower?.goesBySample == true
      isTrainedBefore = isTrainedBefore || !step.tensors.isEmpty
      let count = (isShared ? 1 : capacity) * step.output.count
      lengths = step.output.isSequence ? current.lengths : nil
      if let from = lengths, let window = step.window {
        let to = Lengths(step.output.length, capacity: capacity)
        windows.append((from, window, to))
        lengths = to
      }
      let next = Values(
        shape: step.output, values: arena.floats(count),
        gradient: isTraining && isTrainedBefore ? arena.floats(count) : nil, lengths: lengths, isShared: isShared)
      let tensors = step.tensors.map { index in
        let tensor = plan.tensors[index]
        return Trainable(
          values: weights[tensor], gradient: tensor.isTrained ? gradient?.from(tensor.offset, tensor.count) : nil)
      }
      operations.append(step.operation(current, next, tensors, capacity, arena))
      current = next
    }
    logits = current
    self.windows = windows
    self.operations = operations
    let most = operations.map(\.scratch).max() ?? 0
    scratch = (0..<workers.count).map { _ in arena.floats(most) }
    losses = arena.floats(Slice.count(for: capacity))
    hits = arena.floats(Slice.count(for: capacity))

    var starts = [0]
    if isTraining { starts += operations.indices.filter { $0 > 0 && operations[$0].needsWholeBatch } }
    segments = zip(starts, starts.dropFirst() + [operations.count]).map { Self.rows(of: operations, $0..<$1) }
    func tasks(_ count: (Operation) -> Int) -> [(operation: Int, task: Int)] {
      operations.indices.flatMap { index in (0..<count(operations[index])).map { (index, $0) } }
    }
    refreshTasks = tasks(\.refreshTasks)
    gradientTasks = isTraining ? tasks(\.gradientTasks) : []
    finishTasks = isTraining ? tasks(\.finishTasks) : []
    refresh()
  }

  /// To be called after every change of the weights.
  func refresh() {
    workers.run(refreshTasks.count) { index, _ in
      operations[refreshTasks[index].operation].refresh(refreshTasks[index].task)
    }
  }

  /// - Parameter length: How many positions of a sequence are real; what follows them has to be zero.
  func setInput(_ sample: Int, _ row: ArraySlice<Float>, length: Int) {
    input.sample(sample).copy(row)
    guard let lengths = input.lengths else { return }
    lengths[sample] = length
    for (from, window, to) in windows { to[sample] = window.over(from[sample]).outputs }
  }

  /// Runs one slice on the calling thread and gives its classes' probabilities, samples × classes.
  func infer(_ samples: Int, into probabilities: inout [Float]) {
    let pass = Pass(samples: samples, isTraining: false, seed: 0, step: 0)
    for index in 0..<pass.slices {
      let slice = Slice(index, of: samples)
      for segment in segments { forward(segment, slice, pass, scratch[0]) }
    }
    for sample in 0..<samples { softmax(sample) { probabilities[sample * plan.classes + $0] = Float($1) } }
  }

  /// Forward and backward over the samples set before: leaves the derivative in `gradient`.
  /// - Returns: The sum of the samples' weighted losses, and how many were classified right.
  func learn(_ labels: [Int], weights: [Float], seed: UInt64, step: Int) -> (loss: Double, hits: Int) {
    let pass = Pass(samples: labels.count, isTraining: true, seed: seed, step: step)
    for (number, segment) in segments.enumerated() {
      survey(segment, pass)
      let isLast = number == segments.count - 1
      workers.run(pass.slices) { index, worker in
        let slice = Slice(index, of: pass.samples)
        forward(segment, slice, pass, scratch[worker])
        guard isLast else { return }
        score(slice, pass, labels, weights)
        backward(segment, slice, pass, scratch[worker])
      }
    }
    for number in segments.indices.reversed() {
      let segment = segments[number]
      let first = operations[segment[0].lowerBound]
      if first.needsWholeBatch {
        workers.run(pass.slices) { index, _ in
          let slice = Slice(index, of: pass.samples)
          first.output.endGradients(slice)
          first.surveyBackward(slice)
        }
        first.concludeBackward(pass)
      }
      if number == 0, !first.needsWholeBatch { break }
      workers.run(pass.slices) { index, worker in
        let slice = Slice(index, of: pass.samples)
        if first.needsWholeBatch { first.backward(slice, pass, scratch[worker]) }
        if number > 0 { backward(segments[number - 1], slice, pass, scratch[worker]) }
      }
    }
    workers.run(gradientTasks.count) { index, worker in
      operations[gradientTasks[index].operation].gradient(gradientTasks[index].task, pass, scratch[worker])
    }
    workers.run(finishTasks.count) { index, _ in
      operations[finishTasks[index].operation].finish(finishTasks[index].task, pass)
    }
    var loss = 0.0
    var right = 0
    for slice in 0..<pass.slices {
      loss += Double(losses[slice])
      right += Int(hits[slice])
    }
    return (loss, right)
  }

  private func survey(_ segment: [Range<Int>], _ pass: Pass) {
    let first = operations[segment[0].lowerBound]
    guard first.needsWholeBatch else { return }
    workers.run(pass.slices) { index, _ in first.survey(Slice(index, of: pass.samples)) }
    first.conclude(pass)
  }

  private func forward(_ segment: [Range<Int>], _ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    for row in segment {
      for part in slice.parts(bySample: row.count > 1) {
        for operation in operations[row] { forward(operation, part, pass, scratch) }
      }
    }
  }

  private static func rows(of operations: [Operation], _ segment: Range<Int>) -> [Range<Int>] {
    var rows: [Range<Int>] = []
    for index in segment {
      let goesOn =
        index > segment.lowerBound && (index - 1...index).allSatisfy { type(of: operations[$0]).goesBySample }
      if goesOn, let last = rows.popLast() {
        rows.append(last.lowerBound..<index + 1)
      } else {
        rows.append(index..<index + 1)
      }
    }
    return rows
  }

  private func forward(_ operation: Operation, _ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    operation.forward(slice, pass, scratch)
    operation.output.endSequences(slice)
  }

  private func backward(_ segment: [Range<Int>], _ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    for row in segment.reversed() {
      for part in slice.parts(bySample: row.count > 1) {
        for operation in operations[row].reversed() where !operation.needsWholeBatch {
          operation.output.endGradients(part)
          operation.backward(part, pass, scratch)
        }
      }
    }
  }

  /// Categorical cross-entropy of a slice and its derivative by the logits: weight · (p − target) / samples.
  private func score(_ slice: Slice, _ pass: Pass, _ labels: [Int], _ weights: [Float]) {
    var loss = 0.0
    var right = 0
    for sample in slice.first..<slice.first + slice.count {
      let label = labels[sample]
      let weight = Double(weights[label])
      var likeliest = 0
      var best = -1.0
      let surprise = softmax(sample, label: label) { index, probability in
        if probability > best { (likeliest, best) = (index, probability) }
        let target = index == label ? 1.0 : 0
        logits.gradient?[sample * plan.classes + index] = Float(weight * (probability - target) / Double(pass.samples))
      }
      loss += weight * surprise
      if likeliest == label { right += 1 }
    }
    losses[slice.index] = Float(loss)
    hits[slice.index] = Float(right)
  }

  /// Hands out the probability of each class in turn; returns −ln of that of `label`.
  @discardableResult
  private func softmax(_ sample: Int, label: Int = 0, _ take: (Int, Double) -> Void) -> Double {
    let row = logits.sample(sample)
    var highest = -Float.infinity
    for index in 0..<row.count { highest = Swift.max(highest, row[index]) }
    var sum = 0.0
    for index in 0..<row.count { sum += Double.exp(Double(row[index] - highest)) }
    for index in 0..<row.count { take(index, Double.exp(Double(row[index] - highest)) / sum) }
    return Double.log(sum) - Double(row[label] - highest)
  }
}
