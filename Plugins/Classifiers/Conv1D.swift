import TimbreCore
import TimbreNN

/// A convolutional network over the numbers of a row.
public struct Conv1D: Classifier {
  public struct Config: PluginConfig {
    public var layers = Layer.notebook
    public var optimizer = Optimizer.adam(.init())
    public var schedule = Schedule.constant
    public var earlyStopping: EarlyStopping?
    public var classWeight = ClassWeight.none
    public var epochs = 50, batchSize = 64
    public var shuffle = true
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "classifier.conv1d", summary: "Convolutional network over the numbers of a row.",
    reference: "Keras Sequential with Conv1D layers",
    parameters: [
      .value("layers", \.layers, "The network's layers, without the output layer."),
      .value("optimizer", \.optimizer, "How a step changes the weights."),
      .value("schedule", \.schedule, "How the learning rate changes from epoch to epoch."),
      .value("early_stopping", \.earlyStopping, "When to end training before the last epoch; null never does."),
      .value("class_weight", \.classWeight, "How much each class counts: null, \"balanced\", or a weight by label."),
      .int("epochs", \.epochs, in: 1...1_000_000, unit: .epochs, "Times that training sees every row."),
      .int("batch_size", \.batchSize, in: 1...65_536, "Rows of one step."),
      .bool("shuffle", \.shuffle, "Whether every epoch takes the rows in another order."),
    ],
    details: """
      A row is a sequence of as many positions as it has numbers, with one channel. A dense layer to the classes and softmax \
      follow the last layer; the loss is categorical cross-entropy. Layers have Keras's names and meaning, optimisers PyTorch's \
      formulas. The default is the network of the RAVDESS notebook.
      """)

  private let network: NeuralNetwork

  public init(_ config: Config) {
    var options = TrainingOptions()
    options.optimizer = config.optimizer
    options.schedule = config.schedule
    options.earlyStopping = config.earlyStopping
    options.classWeight = config.classWeight
    options.epochs = config.epochs
    options.batchSize = config.batchSize
    options.shuffle = config.shuffle
    network = NeuralNetwork(config.layers, options)
  }

  public func parts(columns: Int, classes: Int) throws -> [ModelPart] {
    try network.parts(columns: columns, classes: classes)
  }

  public func train(_ task: TrainingTask) throws -> any TrainedModel { try network.train(task) }

  public func restore(_ tensors: [Tensor], columns: Int, classes: Int) throws -> any TrainedModel {
    try network.restore(tensors, columns: columns, classes: classes)
  }
}
