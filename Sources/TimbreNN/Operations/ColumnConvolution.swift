/// Convolution of any kernel and step: the windows of a padded sequence are rows that overlap, positions × size · channels, and one
/// product with the kernel does the rest.
///
/// The derivative by the kernel is summed tap by tap over shifted rows of the padded input.
final class ColumnConvolution: Operation {
  private let window: Window
  private let activation: Layer.Activation
  private let kernel: Trainable
  private let bias: Trainable
  private let channels: Int
  private let filters: Int
  private let kernelPanels: Panels
  /// The transpose, where the derivative by the input is asked for.
  private let turnedPanels: Panels?
  /// Rows of a padded sequence.
  private let paddedRows: Int
  private let padded: Floats
  private let biasPartial: Floats
  /// With few numbers in a window the kernel's derivative is summed slice by slice, while the slice is at hand.
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
    let depth = window.size * channels
    kernelPanels = Panels(inner: depth, columns: filters, arena: arena)
    turnedPanels = input.gradient == nil ? nil : Panels(inner: filters, columns: depth, arena: arena)
    paddedRows = (window.outputs - 1) * window.stride + window.size
    padded = arena.floats(capacity * paddedRows * channels)
    let slices = Slice.count(for: capacity)
    biasPartial = arena.floats(output.gradient == nil ? 0 : slices * filters)
    kernelPartial = output.gradient == nil || depth > 32 ? nil : arena.floats(slices * depth * filters)
    super.init(input, output)
  }

  override class var goesBySample: Bool { true }
  private var depth: Int { window.size * channels }
  override var scratch: Int {
    turnedPanels == nil ? 0 : Slice.size * window.outputs * depth + paddedRows * channels
  }

  private func paddedSample(_ sample: Int) -> Floats {
    padded.from(sample * paddedRows * channels, paddedRows * channels)
  }

  /// One tap of the kernel.
  override var refreshTasks: Int { window.size }
  override func refresh(_ tap: Int) {
    let rows = tap * channels..<(tap + 1) * channels
    kernelPanels.lay(kernel.values, rows: rows)
    turnedPanels?.layTransposed(kernel.values, rows: rows)
  }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    for sample in slice.first..<slice.first + slice.count {
      let window = fit(window, to: sample)
      let rows = paddedSample(sample)
      let kept = Swift.min(window.length, paddedRows - window.before) * channels
      // The padding around it stays zero from the beginning, but where lengths vary.
      if input.lengths != nil { rows.fill(0) }
      rows.from(window.before * channels, kept).copy(input.sample(sample).from(0, kept))
      kernelPanels.multiply(
        rows: self.window.outputs, rows, stride: window.stride * channels, into: output.sample(sample), stride: filters)
      activation.apply(to: output.sample(sample), channels: filters, bias: bias.values)
    }
  }

  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let gradients = output.gradient else { return }
    let rows = slice.count * window.outputs
    let gradient = gradients.from(slice.first * output.shape.count, rows * filters)
    activation.backward(
      gradient, values: output.rows(slice), channels: filters, into: gradient,
      sums: biasPartial.from(slice.index * filters, filters), goesOn: slice.goesOn)
    if let kernelPartial {
      sum(slice, gradient, into: kernelPartial.from(slice.index * depth * filters, depth * filters))
    }
    guard let inputGradients = input.gradient, let turnedPanels else { return }
    turnedPanels.multiply(rows: rows, gradient, stride: filters, into: scratch, stride: depth)
    let sum = scratch.from(scratch.count - paddedRows * channels)
    for sample in 0..<slice.count {
      let window = fit(window, to: slice.first + sample)
      let kept = Swift.min(window.length, paddedRows - window.before) * channels
      sum.fill(0)
      for position in 0..<window.outputs {
        let from = (sample * self.window.outputs + position) * depth
        let to = position * window.stride * channels
        forSixteens(of: depth) { offset, lanes in
          let value = sum.load16(to + offset, lanes: lanes) + scratch.load16(from + offset, lanes: lanes)
          sum.store16(to + offset, value, lanes: lanes)
        }
      }
      let place = (slice.first + sample) * input.shape.count
      inputGradients.from(place, input.shape.count).fill(0)
      inputGradients.from(place, kept).copy(sum.from(window.before * channels, kept))
    }
  }

  /// The derivative by the kernel over a slice: five numbers of the window at a time, whose sums stay in registers.
  private func sum(_ slice: Slice, _ gradient: Floats, into target: Floats) {
    let step = window.stride * channels
    for first in stride(from: 0, to: depth, by: 5) {
      let count = Swift.min(5, depth - first)
      let (k1, k2, k3, k4) = (1 % count, 2 % count, 3 % count, 4 % count)
      forSixteens(of: filters) { filter, lanes in
        @inline(__always)
        func place(_ number: Int) -> Int { (first + number) * filters + filter }
        @inline(__always)
        func start(_ number: Int) -> Lanes16 { slice.goesOn ? target.load16(place(number), lanes: lanes) : .zero }
        var (sum0, sum1, sum2, sum3, sum4) = (start(0), start(k1), start(k2), start(k3), start(k4))
        for sample in 0..<slice.count {
          let rows = paddedSample(slice.first + sample)
          for position in 0..<window.outputs {
            let slope = gradient.load16((sample * window.outputs + position) * filters + filter, lanes: lanes)
            let number = rows.from(position * step + first)
            sum0 = sum0.adding(slope, times: number[0])
            sum1 = sum1.adding(slope, times: number[k1])
            sum2 = sum2.adding(slope, times: number[k2])
            sum3 = sum3.adding(slope, times: number[k3])
            sum4 = sum4.adding(slope, times: number[k4])
          }
        }
        for (index, sum) in [sum0, sum1, sum2, sum3, sum4].prefix(count).enumerated() {
          target.store16(place(index), sum, lanes: lanes)
        }
      }
    }
  }

  /// One tap of the kernel.
  override var gradientTasks: Int { kernelPartial == nil ? window.size : 0 }
  override func gradient(_ tap: Int, _ pass: Pass, _ scratch: Floats) {
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
