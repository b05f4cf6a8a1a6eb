import TimbreCore

/// One layer of a network as a workflow names it, with Keras's names and meaning.
public enum Layer: Sendable, Hashable {
  case conv1D(Conv1D)
  case maxPool(Pool)
  case avgPool(Pool)
  case globalAvgPool
  case globalMaxPool
  case batchNorm(BatchNorm)
  case dropout(Dropout)
  case flatten
  case dense(Dense)
  case activation(Standalone)

  public struct Conv1D: PluginConfig, Hashable {
    public var filters = 64, kernelSize = 5, strides = 1
    public var padding = Padding.same
    public var activation = Activation.relu
    public init() {}
    public init(
      _ filters: Int, kernelSize: Int = 5, strides: Int = 1, padding: Padding = .same, activation: Activation = .relu
    ) {
      self.filters = filters
      self.kernelSize = kernelSize
      self.strides = strides
      self.padding = padding
      self.activation = activation
    }
  }

  public struct Pool: PluginConfig, Hashable {
    public var poolSize = 5, strides = 2
    public var padding = Padding.same
    public init() {}
    public init(_ poolSize: Int, strides: Int, padding: Padding = .same) {
      self.poolSize = poolSize
      self.strides = strides
      self.padding = padding
    }
  }

  public struct BatchNorm: PluginConfig, Hashable {
    public var momentum = 0.99, epsilon = 0.001
    public init() {}
  }

  public struct Dropout: PluginConfig, Hashable {
    public var rate = 0.2
    public init() {}
    public init(rate: Double) { self.rate = rate }
  }

  public struct Dense: PluginConfig, Hashable {
    public var units = 32
    public var activation = Activation.relu
    public init() {}
    public init(_ units: Int, activation: Activation = .relu) {
      self.units = units
      self.activation = activation
    }
  }

  public struct Standalone: PluginConfig, Hashable {
    public var activation = Activation.relu
    public init() {}
    public init(_ activation: Activation) { self.activation = activation }
  }

  /// A layer without parameters.
  struct Plain: PluginConfig, Hashable { init() {} }

  /// What lies beyond the ends of a sequence.
  public enum Padding: String, ParameterValue, CaseIterable {
    /// As many outputs as ⌈length / strides⌉; of an odd number of padding rows, the larger half comes last.
    case same
    /// Only windows that lie wholly within the input.
    case valid
  }

  /// A function applied to every number by itself.
  public enum Activation: String, ParameterValue, CaseIterable {
    case linear, relu
    /// Slope 0.2 below zero.
    case leakyReLU = "leaky_relu"
    /// eˣ − 1 below zero.
    case elu
    case tanh, sigmoid
  }

  /// The network of the RAVDESS notebook: 557,288 parameters for 162 columns and 8 classes.
  public static let notebook: [Layer] = {
    let pool = Layer.maxPool(Pool(5, strides: 2))
    return [
      .conv1D(Conv1D(256)), pool, .conv1D(Conv1D(256)), pool, .conv1D(Conv1D(128)), pool, .dropout(Dropout(rate: 0.2)),
      .conv1D(Conv1D(64)), pool, .flatten, .dense(Dense(32)), .dropout(Dropout(rate: 0.3)),
    ]
  }()

  /// For frames in order: what a few neighbouring frames have in common, then the mean of it over the clip, however long that is.
  public static let frames: [Layer] = [
    .conv1D(Conv1D(64)), .batchNorm(BatchNorm()), .maxPool(Pool(2, strides: 2)), .dropout(Dropout(rate: 0.2)),
    .conv1D(Conv1D(128)), .batchNorm(BatchNorm()), .dropout(Dropout(rate: 0.2)), .globalAvgPool, .dense(Dense(64)),
    .dropout(Dropout(rate: 0.4)),
  ]
}

extension Layer: VariantValue {
  private static let poolParameters: [Parameter<Pool>] = [
    .int("pool_size", \.poolSize, in: 1...256, "Length of a window."),
    .int("strides", \.strides, in: 1...256, "Step between windows."),
    .choice("padding", \.padding, "Whether windows may reach beyond the ends."),
  ]

  public static let variants: [Variant<Layer>] = [
    Variant(
      "conv1d", "Convolution along the sequence.",
      [
        .int("filters", \.filters, in: 1...8192, "Channels of its output."),
        .int("kernel_size", \.kernelSize, in: 1...1024, "Length of the kernel."),
        .int("strides", \.strides, in: 1...256, "Step between outputs."),
        .choice("padding", \.padding, "Whether the kernel may reach beyond the ends, where it meets zeros."),
        .choice("activation", \.activation, "Function applied to the output."),
      ], wrap: Layer.conv1D
    ) { if case .conv1D(let config) = $0 { config } else { nil } },
    Variant("max_pool", "Maximum of each window; padding never wins.", poolParameters, wrap: Layer.maxPool) {
      if case .maxPool(let config) = $0 { config } else { nil }
    },
    Variant("avg_pool", "Mean of each window, padding not counted.", poolParameters, wrap: Layer.avgPool) {
      if case .avgPool(let config) = $0 { config } else { nil }
    },
    Variant("global_avg_pool", "Mean of each channel over the sequence.", [], wrap: { (_: Plain) in .globalAvgPool }) {
      $0 == .globalAvgPool ? Plain() : nil
    },
    Variant(
      "global_max_pool", "Maximum of each channel over the sequence.", [], wrap: { (_: Plain) in .globalMaxPool }
    ) { $0 == .globalMaxPool ? Plain() : nil },
    Variant(
      "batch_norm", "Each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted.",
      [
        .number("momentum", \.momentum, in: .fraction, "How much of the running statistics a step keeps."),
        .number("epsilon", \.epsilon, in: .positive, "Added to the variance."),
      ], wrap: Layer.batchNorm
    ) { if case .batchNorm(let config) = $0 { config } else { nil } },
    Variant(
      "dropout", "In training, sets a share of the numbers to zero and scales up the rest.",
      [.number("rate", \.rate, in: .fraction, "Share of the numbers set to zero.")], wrap: Layer.dropout
    ) { if case .dropout(let config) = $0 { config } else { nil } },
    Variant("flatten", "The sequence as one vector, position by position.", [], wrap: { (_: Plain) in .flatten }) {
      $0 == .flatten ? Plain() : nil
    },
    Variant(
      "dense", "Every output depends on every input.",
      [
        .int("units", \.units, in: 1...65_536, "Length of its output."),
        .choice("activation", \.activation, "Function applied to the output."),
      ], wrap: Layer.dense
    ) { if case .dense(let config) = $0 { config } else { nil } },
    Variant(
      "activation", "A function applied to every number.",
      [.choice("activation", \.activation, "The function.")], wrap: Layer.activation
    ) { if case .activation(let config) = $0 { config } else { nil } },
  ]

  /// Its name in a workflow.
  public var name: String { json[Self.tag]?.stringValue ?? "" }
}
