import TimbreCore

/// How a step changes the weights. Formulas are PyTorch's, names are Keras's.
public enum Optimizer: Sendable, Hashable {
  case adam(Adam)
  case sgd(SGD)
  case adamW(AdamW)

  public struct Adam: PluginConfig, Hashable {
    public var learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, weightDecay = 0.0
    public init() {}
  }

  public struct AdamW: PluginConfig, Hashable {
    public var learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, weightDecay = 0.01
    public init() {}
  }

  public struct SGD: PluginConfig, Hashable {
    public var learningRate = 0.01, momentum = 0.0
    public var nesterov = false
    public var weightDecay = 0.0
    public init() {}
  }

  public var learningRate: Double {
    switch self {
    case .adam(let config): config.learningRate
    case .sgd(let config): config.learningRate
    case .adamW(let config): config.learningRate
    }
  }
}

extension Optimizer: VariantValue {
  public static let variants: [Variant<Optimizer>] = [
    Variant(
      "adam", "Adam (Kingma and Ba, 2015).",
      [
        .number("learning_rate", \.learningRate, in: .positive, "Size of a step."),
        .number("beta_1", \.beta1, in: .fraction, "How much of the mean gradient a step keeps."),
        .number("beta_2", \.beta2, in: .fraction, "How much of the mean squared gradient a step keeps."),
        .number("epsilon", \.epsilon, in: .positive, "Added to the root of the mean squared gradient."),
        .number("weight_decay", \.weightDecay, in: .nonNegative, "Share of the weights added to their gradient."),
      ], wrap: Optimizer.adam
    ) { if case .adam(let config) = $0 { config } else { nil } },
    Variant(
      "sgd", "Stochastic gradient descent.",
      [
        .number("learning_rate", \.learningRate, in: .positive, "Size of a step."),
        .number("momentum", \.momentum, in: .fraction, "How much of the last step a step keeps."),
        .bool("nesterov", \.nesterov, "Whether the momentum looks one step ahead (Nesterov, 1983)."),
        .number("weight_decay", \.weightDecay, in: .nonNegative, "Share of the weights added to their gradient."),
      ], wrap: Optimizer.sgd
    ) { if case .sgd(let config) = $0 { config } else { nil } },
    Variant(
      "adamw", "Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019).",
      [
        .number("learning_rate", \.learningRate, in: .positive, "Size of a step."),
        .number("beta_1", \.beta1, in: .fraction, "How much of the mean gradient a step keeps."),
        .number("beta_2", \.beta2, in: .fraction, "How much of the mean squared gradient a step keeps."),
        .number("epsilon", \.epsilon, in: .positive, "Added to the root of the mean squared gradient."),
        .number(
          "weight_decay", \.weightDecay, in: .nonNegative, "Share of the weights, times the learning rate, taken off."),
      ], wrap: Optimizer.adamW
    ) { if case .adamW(let config) = $0 { config } else { nil } },
  ]
}
