import TimbreCore
import TimbreNN

/// A convolutional network over the numbers of a vector, or over the frames of a sequence.
public struct Conv1D: Classifier {
  public struct Config: NetworkConfig {
    public var layers = Layer.notebook
    public var training = TrainingOptions()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "classifier.conv1d", summary: "Convolutional network over the numbers of a vector or the frames of a sequence.",
    reference: "Keras Sequential with Conv1D layers",
    parameters: [.value("layers", \.layers, "The network's layers, without the output layer.")]
      + Parameter.training,
    details: """
      A vector has as many positions as it has numbers, with one channel; a sequence has its frames as positions and its bins as \
      channels. A dense layer to the classes and softmax follow the last layer; the loss is categorical cross-entropy. Layers have \
      Keras's names and meaning, optimisers PyTorch's formulas. For vectors the default is the network of the RAVDESS notebook; for \
      sequences it is two convolutions with batch_norm, then global_avg_pool.

      A clip shorter than the sequence's "frames" gives what it would give alone: in every layer positions beyond its end are zero and \
      take part neither in pools nor in batch_norm. After global_avg_pool or global_max_pool its length no longer shows; flatten keeps \
      zeros in the place of what is missing.
      """)

  private let network: NeuralNetwork

  public init(_ config: Config) { network = NeuralNetwork(config.layers, config.training) }

  public static var sequenceDefaults: [JSONValue.Member] { [.init("layers", Layer.frames.json)] }

  public func parts(of rows: RowShape, classes: Int) throws -> [ModelPart] {
    try network.parts(of: rows, classes: classes)
  }

  public func train(_ task: TrainingTask) throws -> any TrainedModel { try network.train(task) }

  public func restore(_ tensors: [Tensor], for rows: RowShape, classes: Int) throws -> any TrainedModel {
    try network.restore(tensors, for: rows, classes: classes)
  }
}
