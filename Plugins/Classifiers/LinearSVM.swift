import TimbreCore
import TimbreLearners

/// Linear support vector machines, one for each class against all others.
public struct LinearSVM: LearnerClassifier {
  public static let spec = PluginSpec<LinearLearner>(
    "classifier.linear_svm", summary: "Linear support vector machines, one for each class against all others.",
    reference: "sklearn.svm.LinearSVC; liblinear (Fan et al., 2008)",
    parameters: Parameter.linear,
    details: """
      The loss is the squared hinge, as LinearSVC's default; the problem is solved in its primal form by Newton's method, which draws \
      nothing at random and ends after at most 1,000 steps. The intercept is a weight like the others and held small with them. For the \
      plain hinge use classifier.svm with the linear kernel.

      The "probabilities" are the softmax of the decision values, for two classes of −value and value. That is a convention to rank \
      classes by and no calibration: LinearSVC has no probabilities at all. Use classifier.svm or classifier.logistic_regression where \
      the numbers matter.

      A class without training rows has probability 0. With class_weight, rows of a class count its weight in the machine of that class, \
      and 1 in those of the others, as in LinearSVC; for two classes there is one machine, and both weights count.
      """,
    formula: """
      value = Σ wᵢxᵢ + b,   minimal: ½ (Σ wᵢ² + b²) + C · Σ max(0, 1 − y · value)²
      p = e^value / Σ e^value
      """,
    example: [.init("C", 0.1)])

  public let learner: LinearLearner

  public init(_ config: LinearLearner) { learner = config }
}

extension Parameter<LinearLearner> {
  /// The parameters of both linear classifiers.
  static var linear: [Parameter] {
    [
      .number(
        "C", \.c, in: NumberRange(0, 1e6, excludesLower: true),
        "Weight of the rows' losses beside the weights' squares."),
      .bool("fit_intercept", \.fitIntercept, "Whether a constant is added; without it all classes meet at 0."),
      .value(
        "class_weight", \.classWeight, "What C is multiplied by: null, \"balanced\", or a weight by label."),
      .number("tol", \.tolerance, in: .closed(1e-10, 1), "Where the solver stops."),
    ]
  }
}
