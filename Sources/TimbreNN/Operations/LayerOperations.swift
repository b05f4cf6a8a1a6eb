/// Which operation does the work of a layer.
extension NetworkPlan.Step {
  /// nil where the layer gives the same numbers another shape.
  var operation: Operation.Type? {
    switch layer {
    case .conv1D(let config):
      let suits = FastConvolution.suits(window ?? all, channels: input.channels, filters: config.filters)
      return suits ? FastConvolution.self : ColumnConvolution.self
    case .maxPool: return MaxPooling.self
    case .avgPool, .globalAvgPool: return MeanPooling.self
    case .globalMaxPool: return GlobalMaxPooling.self
    case .batchNorm: return Normalisation.self
    case .dropout: return Masking.self
    case .dense: return FullConnection.self
    case .activation: return Pointwise.self
    case .flatten: return nil
    }
  }

  /// - Parameter tensors: In the order of the plan's.
  func operation(
    _ input: Values, _ output: Values, _ tensors: [Trainable], _ capacity: Int, _ arena: Arena
  ) -> Operation {
    let window = window ?? all
    switch layer {
    case .conv1D(let config):
      let (kernel, bias) = (tensors[0], tensors[1])
      if operation == FastConvolution.self {
        return FastConvolution(
          input, output, window, config.activation, kernel: kernel, bias: bias, capacity: capacity, arena: arena)
      }
      return ColumnConvolution(
        input, output, window, config.activation, kernel: kernel, bias: bias, capacity: capacity, arena: arena)
    case .maxPool: return MaxPooling(input, output, window, capacity: capacity, arena: arena)
    case .avgPool, .globalAvgPool: return MeanPooling(input, output, window)
    case .globalMaxPool: return GlobalMaxPooling(input, output, capacity: capacity, arena: arena)
    case .batchNorm(let config):
      return Normalisation(
        input, output, config, gamma: tensors[0], beta: tensors[1], movingMean: tensors[2].values,
        movingVariance: tensors[3].values, capacity: capacity, arena: arena)
    case .dropout(let config): return Masking(input, output, name: name, rate: config.rate)
    case .dense(let config):
      return FullConnection(
        input, output, config.activation, kernel: tensors[0], bias: tensors[1], capacity: capacity, arena: arena)
    case .activation(let config): return Pointwise(input, output, config.activation)
    case .flatten: return Pointwise(input, output, .linear)
    }
  }

  private var all: Window { Window(all: input.length) }
}
