import TimbreCore
import TimbreLearners

/// Logistic regression, one for each class against all others.
public struct LogisticRegression: LearnerClassifier {
  public static let spec = PluginSpec<LinearLearner>(
    "classifier.logistic_regression", summary: "Logistic regression, one for each class against all others.",
    reference:
      "sklearn.multiclass.OneVsRestClassifier(LogisticRegression(solver=\"liblinear\")); liblinear (Fan et al., 2008)",
    parameters: Parameter.linear,
    details: """
      The problem is solved in its primal form by Newton's method, which draws nothing at random and ends after at most 1,000 steps. The \
      intercept is a weight like the others and held small with them, as liblinear does it.

      The probability of a class is the sigmoid of its decision value, divided by the sum over the classes.

      A class without training rows has probability 0. With class_weight, rows of a class count its weight in the machine of that class, \
      and 1 in those of the others; for two classes there is one machine, and both weights count.
      """,
    formula: """
      value = Σ wᵢxᵢ + b,   minimal: ½ (Σ wᵢ² + b²) + C · Σ ln(1 + e^(−y · value))
      p = σ(value) / Σ σ(value)
      """,
    example: [.init("C", 0.1)])

  public let learner: LinearLearner

  public init(_ config: LinearLearner) {
    var learner = config
    learner.loss = .logistic
    self.learner = learner
  }
}
