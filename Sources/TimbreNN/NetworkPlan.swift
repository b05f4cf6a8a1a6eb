import TimbreCore

/// The shape of what one sample is between two layers.
enum Shape: Hashable {
  case sequence(length: Int, channels: Int)
  case vector(Int)

  var count: Int {
    switch self {
    case .sequence(let length, let channels): length * channels
    case .vector(let count): count
    }
  }
  var channels: Int {
    switch self {
    case .sequence(_, let channels): channels
    case .vector(let count): count
    }
  }
  var length: Int { count / channels }
  var isSequence: Bool { if case .sequence = self { true } else { false } }
  var sizes: [Int] {
    switch self {
    case .sequence(let length, let channels): [length, channels]
    case .vector(let count): [count]
    }
  }
}

/// A window sliding along a sequence.
struct Window: Hashable {
  var length: Int
  var size: Int
  var stride: Int
  var outputs: Int
  /// Padding before the first row.
  var before: Int
  /// nil for one window over everything.
  private var padding: Layer.Padding?

  /// nil where not one window fits.
  init?(over length: Int, size: Int, stride: Int, padding: Layer.Padding) {
    self.length = length
    self.size = size
    self.stride = stride
    self.padding = padding
    switch padding {
    case .same:
      outputs = (length + stride - 1) / stride
      before = Swift.max(0, (outputs - 1) * stride + size - length) / 2
    case .valid:
      guard size <= length else { return nil }
      outputs = (length - size) / stride + 1
      before = 0
    }
  }

  /// One window over everything.
  init(all length: Int) {
    self.length = length
    size = length
    stride = 1
    outputs = 1
    before = 0
    padding = nil
  }

  /// The window as it slides along a sequence of another length; without outputs where it does not fit.
  func over(_ length: Int) -> Window {
    if length == self.length { return self }
    guard let padding else { return Window(all: length) }
    if let window = Window(over: length, size: size, stride: stride, padding: padding) { return window }
    var none = self
    none.length = length
    none.outputs = 0
    return none
  }

  /// The rows of the input that output `index` sees.
  @inline(__always)
  func rows(of index: Int) -> Range<Int> {
    let start = index * stride - before
    return Swift.max(0, start)..<Swift.min(length, start + size)
  }
}

/// A network's layers with their shapes and tensors, known without data.
struct NetworkPlan {
  struct TensorPlan {
    enum Start { case zeros, ones, glorot(inputs: Int, outputs: Int) }
    var name: String
    var shape: [Int]
    var start: Start
    var isTrained: Bool
    /// Where it begins within the trained or the running numbers.
    var offset: Int
    var count: Int { shape.reduce(1, *) }
  }

  struct Step {
    var name: String
    var layer: Layer
    var input: Shape
    var output: Shape
    var window: Window?
    /// Indices into `tensors`.
    var tensors: Range<Int>
  }

  let rows: RowShape
  let classes: Int
  private(set) var steps: [Step] = []
  private(set) var tensors: [TensorPlan] = []
  private(set) var trainedCount = 0
  private(set) var runningCount = 0

  /// - Throws: A `Diagnostic` that names the layer whose input does not suit it.
  init(_ layers: [Layer], _ rows: RowShape, classes: Int) throws {
    self.rows = rows
    self.classes = classes
    guard rows.count > 0 else { throw Diagnostic(.invalidParameters, "a network needs at least one input column") }
    guard classes > 0 else { throw Diagnostic(.invalidParameters, "a network needs at least one class") }
    var shape = input
    var counts: [String: Int] = [:]
    for (index, layer) in layers.enumerated() {
      counts[layer.name, default: 0] += 1
      do {
        try add(layer, named: "\(layer.name)_\(counts[layer.name] ?? 1)", to: &shape)
      } catch let diagnostic as Diagnostic {
        throw diagnostic.about("layers.\(index)")
      }
    }
    guard case .vector = shape else {
      throw Diagnostic(
        .invalidParameters, "the layers end with a sequence of \(shape.length) × \(shape.channels)",
        help: "end with global_avg_pool, global_max_pool or flatten, so that the output layer gets a vector",
        subject: "layers")
    }
    try add(.dense(Layer.Dense(classes, activation: .linear)), named: "output", to: &shape)
    // Weights, gradients and two moments; more than this is a slip of the pen, not a classifier of rows.
    guard trainedCount <= 1 << 28 else {
      throw Diagnostic(
        .invalidParameters, "the network would have \(trainedCount) parameters, more than \(1 << 28)",
        help: "use fewer filters or units, or pool more before flatten", subject: "layers")
    }
  }

  /// A vector is a sequence of its numbers, with one channel; a sequence's bins are channels.
  var input: Shape {
    switch rows {
    case .vector(let columns): .sequence(length: columns, channels: 1)
    case .sequence(let frames, let bins): .sequence(length: frames, channels: bins)
    }
  }

  private mutating func add(_ layer: Layer, named name: String, to shape: inout Shape) throws {
    let input = shape
    let first = tensors.count
    var window: Window?
    switch layer {
    case .conv1D(let config):
      let (length, channels) = try sequence(input, for: layer)
      let fitted = try fit(length, config.kernelSize, config.strides, config.padding, "kernel_size", layer)
      window = fitted
      shape = .sequence(length: fitted.outputs, channels: config.filters)
      let size = config.kernelSize
      add(
        "\(name)/kernel", [size, channels, config.filters],
        .glorot(inputs: size * channels, outputs: size * config.filters))
      add("\(name)/bias", [config.filters], .zeros)
    case .maxPool(let config), .avgPool(let config):
      let (length, channels) = try sequence(input, for: layer)
      let fitted = try fit(length, config.poolSize, config.strides, config.padding, "pool_size", layer)
      window = fitted
      shape = .sequence(length: fitted.outputs, channels: channels)
    case .globalAvgPool, .globalMaxPool: shape = .vector(try sequence(input, for: layer).channels)
    case .flatten: shape = .vector(input.count)
    case .dense(let config):
      guard case .vector(let count) = input else {
        throw Diagnostic(
          .invalidParameters, "dense needs a vector, but gets a sequence of \(input.length) × \(input.channels)",
          help: "put flatten, global_avg_pool or global_max_pool before it")
      }
      shape = .vector(config.units)
      add("\(name)/kernel", [count, config.units], .glorot(inputs: count, outputs: config.units))
      add("\(name)/bias", [config.units], .zeros)
    case .batchNorm:
      add("\(name)/gamma", [input.channels], .ones)
      add("\(name)/beta", [input.channels], .zeros)
      add("\(name)/moving_mean", [input.channels], .zeros, isTrained: false)
      add("\(name)/moving_variance", [input.channels], .ones, isTrained: false)
    case .dropout, .activation: break
    }
    steps.append(
      Step(name: name, layer: layer, input: input, output: shape, window: window, tensors: first..<tensors.count))
  }

  private mutating func add(_ name: String, _ shape: [Int], _ start: TensorPlan.Start, isTrained: Bool = true) {
    let plan = TensorPlan(
      name: name, shape: shape, start: start, isTrained: isTrained, offset: isTrained ? trainedCount : runningCount)
    if isTrained { trainedCount += plan.count } else { runningCount += plan.count }
    tensors.append(plan)
  }

  private func sequence(_ shape: Shape, for layer: Layer) throws -> (length: Int, channels: Int) {
    guard case .sequence(let length, let channels) = shape else {
      throw Diagnostic(
        .invalidParameters, "\(layer.name) needs a sequence, but gets a vector of \(shape.count)",
        help: "put it before flatten, global_avg_pool and dense")
    }
    return (length, channels)
  }

  private func fit(
    _ length: Int, _ size: Int, _ stride: Int, _ padding: Layer.Padding, _ parameter: String, _ layer: Layer
  ) throws -> Window {
    if let window = Window(over: length, size: size, stride: stride, padding: padding) { return window }
    throw Diagnostic(
      .invalidParameters, "\(layer.name) with \(parameter) \(size) does not fit into a sequence of length \(length)",
      help: "use \"padding\": \"same\" or a smaller \(parameter)")
  }

  var parts: [ModelPart] {
    steps.map { step in
      let trained = tensors[step.tensors].filter(\.isTrained).map(\.count).reduce(0, +)
      return ModelPart(name: step.name, shape: step.output.sizes, parameters: trained)
    }
  }
}
