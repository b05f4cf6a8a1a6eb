import TimbreCore
import TimbreNN

/// A network of dense layers.
public struct MLP: Classifier {
  public struct Config: NetworkConfig {
    public var hiddenLayers = LayerSizes([100])
    public var activation = Layer.Activation.relu
    public var dropout = 0.0
    public var training: TrainingOptions = {
      var options = TrainingOptions()
      options.epochs = 200
      options.batchSize = 200
      return options
    }()
    public init() {}
  }

  /// Units of one layer after the other.
  public struct LayerSizes: ParameterValue, Hashable {
    public var sizes: [Int]
    public init(_ sizes: [Int]) { self.sizes = sizes }

    public static let parameterType = ParameterType.list(of: .int(1...65_536), count: 0...64)
    public init?(json: JSONValue) {
      guard let sizes = [Int](json: json) else { return nil }
      self.sizes = sizes
    }
    public var json: JSONValue { sizes.json }
  }

  public static let spec = PluginSpec<Config>(
    "classifier.mlp", summary: "Network of dense layers.", reference: "sklearn.neural_network.MLPClassifier",
    parameters: [
      .value(
        "hidden_layer_sizes", \.hiddenLayers, "Units of the hidden layers; without any it is a softmax regression."),
      .choice("activation", \.activation, "Function applied to the output of a hidden layer."),
      .number(
        "dropout", \.dropout, in: .fraction, "Share of a hidden layer's outputs set to zero while it is trained."),
    ] + Parameter.training,
    details: """
      It is classifier.conv1d with dense layers only and with its options of training; the loss is categorical cross-entropy. Sizes, \
      epochs, batches and Adam's rate have the defaults of scikit-learn. Unlike there, it holds weights small only where the optimiser's \
      weight_decay says so, and does not end before the last epoch unless early_stopping does.
      """,
    example: [.init("hidden_layer_sizes", [128, 64]), .init("dropout", 0.3)])

  private let network: NeuralNetwork

  public init(_ config: Config) {
    let layers = config.hiddenLayers.sizes.flatMap { units -> [Layer] in
      let dense = Layer.dense(.init(units, activation: config.activation))
      return config.dropout > 0 ? [dense, .dropout(.init(rate: config.dropout))] : [dense]
    }
    network = NeuralNetwork([.flatten] + layers, config.training)
  }

  public func parts(of rows: RowShape, classes: Int) throws -> [ModelPart] {
    try network.parts(columns: rows.columns(of: Self.spec.id), classes: classes)
  }

  public func train(_ task: TrainingTask) throws -> any TrainedModel {
    _ = try task.train.rows.shape.columns(of: Self.spec.id)
    return try network.train(task)
  }

  public func restore(_ tensors: [Tensor], for rows: RowShape, classes: Int) throws -> any TrainedModel {
    try network.restore(tensors, columns: rows.columns(of: Self.spec.id), classes: classes)
  }
}
