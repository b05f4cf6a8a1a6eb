/// Convolution of any kernel and step: the windows of a sequence are copied into the rows of a matrix (im2col), and one
/// product with the kernel, positions · channels × filters, does the rest.
///
/// The derivative by the kernel is summed tap by tap over shifted rows of the padded input, which needs no copy.
final class ColumnConvolution: Operation {
  private let window: Window
  private let activation: Layer.Activation
  private let kernel: Trainable
  private let bias: Trainable
  private let channels: Int
  private let filters: Int
  /// Rows of a padded sequence.
  private let paddedRows: Int
  private let padded: Floats
  private let biasPartial: Floats
  /// With few rows the kernel's derivative is summed slice by slice, while the slice is at hand.
  private let kernelPartial: Floats?

  init(
    _ input: Values, _ output: Values, _ window: Window, _ activation: Layer.Activation, kernel: Trainable,
    bias: Trainable,
    capacity: Int, arena: Arena
  ) {
    self.window = window
    self.activation = activation
    self.kernel = kernel
    self.bias = bias
    channels = input.shape.channels
    filters = output.shape.channels
    paddedRows = (window.outputs - 1) * window.stride + window.size
    padded = arena.floats(capacity * paddedRows * channels)
    let slices = Slice.count(for: capacity)
    biasPartial = arena.floats(output.gradient == nil ? 0 : slices * filters)
    let isSmall = window.size * channels <= 32
    kernelPartial = output.gradient == nil || !isSmall ? nil : arena.floats(slices * window.size * channels * filters)
    super.init(input, output)
  }

  private var depth: Int { window.size * channels }
  override var scratch: Int { Slice.size * window.outputs * depth + paddedRows * channels }

  private func paddedSample(_ sample: Int) -> Floats {
    padded.from(sample * paddedRows * channels, paddedRows * channels)
  }

  /// The windows of a slice, one a row.
  private func columns(_ slice: Slice, _ target: Floats) {
    var place = 0
    for sample in slice.first..<slice.first + slice.count {
      let rows = paddedSample(sample)
      for output in 0..<window.outputs {
        let start = output * window.stride * channels
        for offset in stride(from: 0, to: depth, by: 8) {
          let lanes = Swift.min(8, depth - offset)
          target.store8(place + offset, rows.load8(start + offset, lanes: lanes), lanes: lanes)
        }
        place += depth
      }
    }
  }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    for sample in slice.first..<slice.first + slice.count {
      let window = fit(window, to: sample)
      let kept = Swift.min(window.length, paddedRows - window.before) * channels
      // The padding around it stays zero from the beginning, but where lengths vary.
      if input.lengths != nil { paddedSample(sample).fill(0) }
      paddedSample(sample).from(window.before * channels, kept).copy(input.sample(sample).from(0, kept))
    }
    columns(slice, scratch)
    let result = output.rows(slice)
    BLAS.multiply(
      rows: slice.count * window.outputs, columns: filters, inner: depth, scratch, stride: depth, kernel.values,
      stride: filters, into: result, stride: filters)
    activation.apply(to: result, channels: filters, bias: bias.values)
  }

  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let gradients = output.gradient else { return }
    let rows = slice.count * window.outputs
    let gradient = gradients.from(slice.first * output.shape.count, rows * filters)
    activation.backward(
      gradient, values: output.rows(slice), channels: filters, into: gradient,
      sums: biasPartial.from(slice.index * filters, filters))
    if let kernelPartial {
      columns(slice, scratch)
      BLAS.multiply(
        rows: depth, columns: filters, inner: rows, scratch, stride: depth, transposed: true, gradient, stride: filters,
        into: kernelPartial.from(slice.index * depth * filters, depth * filters), stride: filters)
    }
    guard let inputGradients = input.gradient else { return }
    BLAS.multiply(
      rows: rows, columns: depth, inner: filters, gradient, stride: filters, kernel.values, stride: filters,
      rightTransposed: true, into: scratch, stride: depth)
    let sum = scratch.from(scratch.count - paddedRows * channels)
    for sample in 0..<slice.count {
      let window = fit(window, to: slice.first + sample)
      let kept = Swift.min(window.length, paddedRows - window.before) * channels
      sum.fill(0)
      for position in 0..<window.outputs {
        let from = (sample * self.window.outputs + position) * depth
        let to = position * window.stride * channels
        for offset in stride(from: 0, to: depth, by: 8) {
          let lanes = Swift.min(8, depth - offset)
          let value = sum.load8(to + offset, lanes: lanes) + scratch.load8(from + offset, lanes: lanes)
          sum.store8(to + offset, value, lanes: lanes)
        }
      }
      let place = (slice.first + sample) * input.shape.count
      inputGradients.from(place, input.shape.count).fill(0)
      inputGradients.from(place, kept).copy(sum.from(window.before * channels, kept))
    }
  }

  /// One tap of the kernel.
  override var gradientTasks: Int { kernelPartial == nil ? window.size : 0 }
  override func gradient(_ tap: Int, _ pass: Pass) {
    guard let kernelGradient = kernel.gradient, let gradient = output.gradient else { return }
    for sample in 0..<pass.samples {
      BLAS.multiply(
        rows: channels, columns: filters, inner: window.outputs, paddedSample(sample).from(tap * channels),
        stride: window.stride * channels, transposed: true,
        gradient.from(sample * output.shape.count, output.shape.count),
        stride: filters, into: kernelGradient.from(tap * channels * filters, channels * filters), stride: filters,
        beta: sample == 0 ? 0 : 1)
    }
  }

  override var finishTasks: Int { 1 }
  override func finish(_ task: Int, _ pass: Pass) {
    guard let kernelGradient = kernel.gradient, let biasGradient = bias.gradient else { return }
    sumSlices(biasPartial, slices: pass.slices, count: filters, into: biasGradient)
    if let kernelPartial { sumSlices(kernelPartial, slices: pass.slices, count: depth * filters, into: kernelGradient) }
  }
}
