/// A dense layer: one product of the samples with the kernel, inputs × units.
final class FullConnection: Operation {
  private let activation: Layer.Activation
  private let kernel: Trainable
  private let bias: Trainable
  private let kernelPanels: Panels
  private let biasPartial: Floats
  private let inputs: Int
  private let units: Int
  /// Rows of the kernel that one task looks after.
  private static let block = 256

  init(
    _ input: Values, _ output: Values, _ activation: Layer.Activation, kernel: Trainable, bias: Trainable,
    capacity: Int,
    arena: Arena
  ) {
    self.activation = activation
    self.kernel = kernel
    self.bias = bias
    inputs = input.shape.count
    units = output.shape.count
    kernelPanels = Panels(inner: inputs, columns: units, arena: arena)
    biasPartial = arena.floats(output.gradient == nil ? 0 : Slice.count(for: capacity) * units)
    super.init(input, output)
  }

  override var refreshTasks: Int { gradientTasks }
  override func refresh(_ task: Int) {
    kernelPanels.lay(kernel.values, rows: task * Self.block..<Swift.min(inputs, (task + 1) * Self.block))
  }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    let result = output.rows(slice)
    kernelPanels.multiply(rows: slice.count, input.rows(slice), stride: inputs, into: result, stride: units)
    activation.apply(to: result, channels: units, bias: bias.values)
  }

  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let gradients = output.gradient else { return }
    let gradient = gradients.from(slice.first * units, slice.count * units)
    activation.backward(
      gradient, values: output.rows(slice), channels: units, into: gradient,
      sums: biasPartial.from(slice.index * units, units))
    guard let inputGradients = input.gradient else { return }
    BLAS.multiply(
      rows: slice.count, columns: inputs, inner: units, gradient, stride: units, kernel.values, stride: units,
      rightTransposed: true, into: inputGradients.from(slice.first * inputs, slice.count * inputs), stride: inputs)
  }

  override var gradientTasks: Int { (inputs + Self.block - 1) / Self.block }
  override func gradient(_ task: Int, _ pass: Pass, _ scratch: Floats) {
    guard let kernelGradient = kernel.gradient, let gradient = output.gradient else { return }
    let first = task * Self.block
    let rows = Swift.min(Self.block, inputs - first)
    BLAS.multiply(
      rows: rows, columns: units, inner: pass.samples, input.values.from(first), stride: inputs, transposed: true,
      gradient,
      stride: units, into: kernelGradient.from(first * units, rows * units), stride: units)
  }

  override var finishTasks: Int { 1 }
  override func finish(_ task: Int, _ pass: Pass) {
    guard let biasGradient = bias.gradient else { return }
    sumSlices(biasPartial, slices: pass.slices, count: units, into: biasGradient)
  }
}
