import TimbreCore
import TimbreLearners

/// Support vector machines, one for each two classes.
public struct SVM: LearnerClassifier {
  public static let spec = PluginSpec<SupportVectorLearner>(
    "classifier.svm", summary: "Support vector machines with probabilities, one for each two classes.",
    reference: "sklearn.svm.SVC; libsvm (Chang and Lin, 2011)",
    parameters: [
      .number("C", \.c, in: NumberRange(0, 1e6, excludesLower: true), "Penalty of a row beyond the margin."),
      .choice("kernel", \.kernel, "How alike two rows are: their product, or a bell over their distance."),
      .value(
        "gamma", \.gamma,
        "How narrow the bell is: \"scale\" is 1 / (columns · variance of all numbers), \"auto\" 1 / columns."),
      .value(
        "class_weight", \.classWeight, "What C is multiplied by: null, \"balanced\", or a weight by label."),
      .number("tol", \.tolerance, in: .closed(1e-10, 1), "Where the solver stops."),
    ],
    details: """
      Scale the columns first ("scale": "standard"): a kernel knows no units. Decision values are those of SVC with \
      decision_function_shape "ovo".

      Probabilities: for each two classes Platt's sigmoid (1999) is fitted to decision values of five-fold cross-validation, and the \
      pairs are joined by the second method of Wu, Lin and Weng (2004). As in libsvm and SVC(probability=True), they can rank classes \
      otherwise than the machines' votes do, above all with few rows; the label is here always the most probable class. Unlike libsvm, \
      which shuffles the folds by C's rand(), the folds follow from the workflow's seed.

      A class without training rows has probability 0. Training can be cancelled between machines. The model keeps the weights of \
      linear machines, or the support vectors of RBF machines; libsvm itself is needed for training alone.
      """,
    formula: """
      K(x, y) = Σ xᵢyᵢ (linear)   e^(−gamma · Σ (xᵢ − yᵢ)²) (rbf)
      value = Σ αₖ yₖ K(xₖ, x) + b,   p = 1 / (1 + e^(A · value + B))
      """,
    example: [.init("C", 10), .init("class_weight", "balanced")])

  public let learner: SupportVectorLearner

  public init(_ config: SupportVectorLearner) { learner = config }
}
