/// Convolution with step 1 and a kernel of 3 to 6 by Toom and Cook's method (Winograd, 1980; Lavin and Gray, 2016).
///
/// Tiles of eight input rows are evaluated at the points 0, ±1, ±2, ±½ and ∞, where a convolution is a plain product: eight
/// matrix products, tiles × channels × filters, replace `kernel_size` products over all rows. Kernel 5 takes 2 products a row
/// instead of 5, kernel 3 takes 1⅓ instead of 3. Both derivatives are the exact transposes of the same steps, so they save as
/// much. Rounding grows to some 1e-6 of the largest output, against 1e-7 for the direct sum.
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
  private let capacity: Int
  /// points × channels × filters
  private let kernelPoints: Floats
  /// points × tiles of the batch × channels
  private let inputPoints: Floats
  /// points × tiles of the batch × filters, of the derivative by the output
  private let gradientPoints: Floats
  private let kernelGradientPoints: Floats
  private let biasPartial: Floats
  /// Kernel rows (input channels) that one task transforms.
  private static let block = 16

  /// With step 1 a window lies the same way along any length, so that nothing here depends on where a sequence ends.
  static func suits(_ window: Window, channels: Int, filters: Int) -> Bool {
    window.stride == 1 && (3...6).contains(window.size) && channels.isMultiple(of: 4) && filters.isMultiple(of: 4)
      && channels >= 8 && filters >= 8
  }

  init(
    _ input: Values, _ output: Values, _ window: Window, _ activation: Layer.Activation, kernel: Trainable,
    bias: Trainable,
    capacity: Int, arena: Arena
  ) {
    self.window = window
    self.activation = activation
    self.kernel = kernel
    self.bias = bias
    self.capacity = capacity
    channels = input.shape.channels
    filters = output.shape.channels
    transform = TileTransform(size: window.size)
    tiles = (window.outputs + transform.outputs - 1) / transform.outputs
    let points = TileTransform.points
    let isTraining = output.gradient != nil
    kernelPoints = arena.floats(points * channels * filters)
    inputPoints = arena.floats(points * capacity * tiles * channels)
    gradientPoints = arena.floats(isTraining ? points * capacity * tiles * filters : 0)
    kernelGradientPoints = arena.floats(isTraining ? points * channels * filters : 0)
    biasPartial = arena.floats(isTraining ? Slice.count(for: capacity) * filters : 0)
    super.init(input, output)
  }

  override var scratch: Int {
    TileTransform.points * Slice.size * tiles * Swift.max(channels, filters) + Swift.max(channels, filters)
  }

  override var refreshTasks: Int { (channels + Self.block - 1) / Self.block }
  override func refresh(_ task: Int) {
    let first = task * Self.block * filters
    let count = Swift.min(Self.block, channels - task * Self.block) * filters
    transform.kernel(kernel.values, into: kernelPoints, plane: channels * filters, first: first, count: count)
  }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    let points = TileTransform.points
    let plane = capacity * tiles * channels
    let zeros = scratch.from(scratch.count - Swift.max(channels, filters))
    zeros.fill(0)
    for sample in slice.first..<slice.first + slice.count {
      transform.input(
        input.sample(sample), window, channels, zeros: zeros, into: inputPoints.from(sample * tiles * channels),
        plane: plane,
        tiles: tiles)
    }
    let rows = slice.count * tiles
    for point in 0..<points {
      BLAS.multiply(
        rows: rows, columns: filters, inner: channels,
        inputPoints.from(point * plane + slice.first * tiles * channels, rows * channels), stride: channels,
        kernelPoints.from(point * channels * filters, channels * filters), stride: filters,
        into: scratch.from(point * rows * filters, rows * filters), stride: filters)
    }
    for sample in 0..<slice.count {
      transform.output(
        scratch.from(sample * tiles * filters), plane: rows * filters, tiles: tiles, window, filters,
        into: output.sample(slice.first + sample))
    }
    activation.apply(to: output.rows(slice), channels: filters, bias: bias.values)
  }

  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let gradients = output.gradient else { return }
    let points = TileTransform.points
    let plane = capacity * tiles * filters
    let gradient = gradients.from(slice.first * output.shape.count, slice.count * output.shape.count)
    activation.backward(
      gradient, values: output.rows(slice), channels: filters, into: gradient,
      sums: biasPartial.from(slice.index * filters, filters))
    for sample in 0..<slice.count {
      transform.outputGradient(
        gradient.from(sample * output.shape.count, output.shape.count), window, filters,
        into: gradientPoints.from((slice.first + sample) * tiles * filters), plane: plane, tiles: tiles)
    }
    guard let inputGradients = input.gradient else { return }
    let rows = slice.count * tiles
    for point in 0..<points {
      BLAS.multiply(
        rows: rows, columns: channels, inner: filters,
        gradientPoints.from(point * plane + slice.first * tiles * filters, rows * filters), stride: filters,
        kernelPoints.from(point * channels * filters, channels * filters), stride: filters,
        rightTransposed: true, into: scratch.from(point * rows * channels, rows * channels), stride: channels)
    }
    for sample in 0..<slice.count {
      transform.inputGradient(
        scratch.from(sample * tiles * channels), plane: rows * channels, tiles: tiles, window, channels,
        into: inputGradients.from((slice.first + sample) * input.shape.count, input.shape.count))
    }
  }

  /// One point.
  override var gradientTasks: Int { TileTransform.points }
  override func gradient(_ point: Int, _ pass: Pass) {
    let size = channels * filters
    BLAS.multiply(
      rows: channels, columns: filters, inner: pass.samples * tiles,
      inputPoints.from(point * capacity * tiles * channels), stride: channels, transposed: true,
      gradientPoints.from(point * capacity * tiles * filters), stride: filters,
      into: kernelGradientPoints.from(point * size, size), stride: filters)
  }

  override var finishTasks: Int { refreshTasks }
  override func finish(_ task: Int, _ pass: Pass) {
    guard let kernelGradient = kernel.gradient, let biasGradient = bias.gradient else { return }
    let first = task * Self.block * filters
    let count = Swift.min(Self.block, channels - task * Self.block) * filters
    transform.kernelGradient(
      kernelGradientPoints, plane: channels * filters, into: kernelGradient, first: first, count: count)
    if task == 0 { sumSlices(biasPartial, slices: pass.slices, count: filters, into: biasGradient) }
  }
}
