import TimbreCore
import TimbreNN

/// A convolutional network over the numbers of a row.
public struct Conv1D: Classifier {
  public struct Config: NetworkConfig {
    public var layers = Layer.notebook
    public var training = TrainingOptions()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "classifier.conv1d", summary: "Convolutional network over the numbers of a row.",
    reference: "Keras Sequential with Conv1D layers",
    parameters: [.value("layers", \.layers, "The network's layers, without the output layer.")]
      + Parameter.training,
    details: """
      A row is a sequence of as many positions as it has numbers, with one channel. A dense layer to the classes and softmax \
      follow the last layer; the loss is categorical cross-entropy. Layers have Keras's names and meaning, optimisers PyTorch's \
      formulas. The default is the network of the RAVDESS notebook.
      """)

  private let network: NeuralNetwork

  public init(_ config: Config) { network = NeuralNetwork(config.layers, config.training) }

  public func parts(columns: Int, classes: Int) throws -> [ModelPart] {
    try network.parts(columns: columns, classes: classes)
  }

  public func train(_ task: TrainingTask) throws -> any TrainedModel { try network.train(task) }

  public func restore(_ tensors: [Tensor], columns: Int, classes: Int) throws -> any TrainedModel {
    try network.restore(tensors, columns: columns, classes: classes)
  }
}
