/// Convolution with step 1 and a kernel of 3 to 6 by Toom and Cook's method (Winograd, 1980; Lavin and Gray, 2016).
///
/// Tiles of ten input rows are evaluated at ten points, where a convolution is a plain product: ten matrix products, tiles ×
/// channels × filters, replace `kernel_size` products over all rows. Kernel 5 takes 1⅔ products a row instead of 5, kernel 3 takes
/// 1¼ instead of 3. Both derivatives are the exact transposes of the same steps, so they save as much. Rounding grows to some 6e-6
/// of the largest output, against 3e-7 for the direct sum.
final class FastConvolution: Operation {
  private let window: Window
  private let activation: Layer.Activation
  private let kernel: Trainable
  private let bias: Trainable
  private let channels: Int
  private let filters: Int
  private let transform: TileTransform
  /// Tiles of one sample.
  private let tiles: Int
  /// For each point channels × filters, and in training the transpose.
  private let kernelPoints: [Panels]
  private let turnedPoints: [Panels]
  /// points × tiles of the batch × channels
  private let inputPoints: Floats
  private let inputPlane: Int
  /// points × tiles of the batch × filters, of the derivative by the output
  private let gradientPoints: Floats
  private let gradientPlane: Int
  /// points × channels × filters
  private let kernelGradientPoints: Floats
  private let kernelPlane: Int
  private let biasPartial: Floats
  /// Kernel rows (input channels) that one task transforms.
  private static let block = 16

  /// With step 1 a window lies the same way along any length, so that nothing here depends on where a sequence ends.
  static func suits(_ window: Window, channels: Int, filters: Int) -> Bool {
    window.stride == 1 && (3...6).contains(window.size) && channels.isMultiple(of: 8) && filters.isMultiple(of: 8)
  }

  init(
    _ input: Values, _ output: Values, _ window: Window, _ activation: Layer.Activation, kernel: Trainable,
    bias: Trainable, capacity: Int, arena: Arena
  ) {
    self.window = window
    self.activation = activation
    self.kernel = kernel
    self.bias = bias
    let (channels, filters) = (input.shape.channels, output.shape.channels)
    self.channels = channels
    self.filters = filters
    transform = TileTransform(size: window.size)
    tiles = (window.outputs + transform.outputs - 1) / transform.outputs
    let points = TileTransform.points
    let isTraining = output.gradient != nil
    kernelPoints = (0..<points).map { _ in Panels(inner: channels, columns: filters, arena: arena) }
    turnedPoints =
      input.gradient == nil ? [] : (0..<points).map { _ in Panels(inner: filters, columns: channels, arena: arena) }
    inputPlane = Self.plane(capacity * tiles * channels)
    inputPoints = arena.floats(points * inputPlane)
    gradientPlane = Self.plane(capacity * tiles * filters)
    gradientPoints = arena.floats(isTraining ? points * gradientPlane : 0)
    kernelPlane = Self.plane(channels * filters)
    kernelGradientPoints = arena.floats(isTraining ? points * kernelPlane : 0)
    biasPartial = arena.floats(isTraining ? Slice.count(for: capacity) * filters : 0)
    super.init(input, output)
  }

  /// Points lie so far apart that the same place of each does not fall into the same few lines of the cache.
  private static func plane(_ count: Int) -> Int { (count + 1023) / 1024 * 1024 + 144 }

  private var productPlane: Int { Self.plane(Slice.size * tiles * Swift.max(channels, filters)) }
  override var scratch: Int {
    Swift.max(TileTransform.points * productPlane + channels, Panels.scratch(columns: filters))
  }

  override var refreshTasks: Int { (channels + Self.block - 1) / Self.block }
  override func refresh(_ task: Int) {
    let block = task * Self.block..<Swift.min(channels, (task + 1) * Self.block)
    let taps = (0..<window.size).map { kernel.values.from($0 * channels * filters, channels * filters) }
    for channel in block {
      for filter in stride(from: 0, to: filters, by: 8) {
        transform.kernel {
          taps[$0].load8(channel * filters + filter)
        } _: { point, value in
          kernelPoints[point].values.store8(kernelPoints[point].place(channel, filter), value)
        }
      }
    }
    guard !turnedPoints.isEmpty else { return }
    for filter in 0..<filters {
      for channel in stride(from: block.lowerBound, to: block.upperBound, by: 8) {
        transform.kernel {
          taps[$0].load8(channel * filters + filter, step: filters)
        } _: { point, value in
          turnedPoints[point].values.store8(turnedPoints[point].place(filter, channel), value)
        }
      }
    }
  }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    let zeros = scratch.from(scratch.count - channels)
    zeros.fill(0)
    for sample in slice.first..<slice.first + slice.count {
      transform.input(
        input.sample(sample), window, channels, zeros: zeros, into: inputPoints.from(sample * tiles * channels),
        plane: inputPlane, tiles: tiles)
    }
    let rows = slice.count * tiles
    func rowsIn(_ point: Int) -> Floats {
      inputPoints.from(point * inputPlane + slice.first * tiles * channels, rows * channels)
    }
    for (point, panels) in kernelPoints.enumerated() {
      panels.multiply(
        rows: rows, rowsIn(point), stride: channels, into: scratch.from(point * productPlane, rows * filters),
        stride: filters, next: point + 1 < kernelPoints.count ? rowsIn(point + 1) : nil)
    }
    for sample in 0..<slice.count {
      transform.output(
        scratch.from(sample * tiles * filters), plane: productPlane, tiles: tiles, window, filters,
        into: output.sample(slice.first + sample))
      activation.apply(to: output.sample(slice.first + sample), channels: filters, bias: bias.values)
    }
  }

  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let gradients = output.gradient else { return }
    for sample in slice.first..<slice.first + slice.count {
      let gradient = gradients.from(sample * output.shape.count, output.shape.count)
      activation.backward(
        gradient, values: output.sample(sample), channels: filters, into: gradient,
        sums: biasPartial.from(slice.index * filters, filters), goesOn: sample > slice.first)
      transform.outputGradient(
        gradient, window, filters, into: gradientPoints.from(sample * tiles * filters), plane: gradientPlane,
        tiles: tiles)
    }
    guard let inputGradients = input.gradient else { return }
    let rows = slice.count * tiles
    func rowsIn(_ point: Int) -> Floats {
      gradientPoints.from(point * gradientPlane + slice.first * tiles * filters, rows * filters)
    }
    for (point, panels) in turnedPoints.enumerated() {
      panels.multiply(
        rows: rows, rowsIn(point), stride: filters, into: scratch.from(point * productPlane, rows * channels),
        stride: channels, next: point + 1 < turnedPoints.count ? rowsIn(point + 1) : nil)
    }
    for sample in 0..<slice.count {
      transform.inputGradient(
        scratch.from(sample * tiles * channels), plane: productPlane, tiles: tiles, window, channels,
        into: inputGradients.from((slice.first + sample) * input.shape.count, input.shape.count))
    }
  }

  /// One point.
  override var gradientTasks: Int { TileTransform.points }
  override func gradient(_ point: Int, _ pass: Pass, _ scratch: Floats) {
    Panels.multiplyTransposed(
      rows: channels, columns: filters, inner: pass.samples * tiles, inputPoints.from(point * inputPlane),
      gradientPoints.from(point * gradientPlane),
      into: kernelGradientPoints.from(point * kernelPlane, channels * filters), scratch: scratch)
  }

  override var finishTasks: Int { refreshTasks }
  override func finish(_ task: Int, _ pass: Pass) {
    guard let kernelGradient = kernel.gradient, let biasGradient = bias.gradient else { return }
    let first = task * Self.block * filters
    let count = Swift.min(Self.block, channels - task * Self.block) * filters
    transform.kernelGradient(
      kernelGradientPoints, from: kernelPlane, into: kernelGradient, plane: channels * filters, first: first,
      count: count)
    if task == 0 { sumSlices(biasPartial, slices: pass.slices, count: filters, into: biasGradient) }
  }
}
