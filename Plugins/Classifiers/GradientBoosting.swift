import TimbreCore
import TimbreLearners

/// Gradient-boosted decision trees.
public struct GradientBoosting: LearnerClassifier {
  private static let share = NumberRange(0, 1, excludesLower: true)
  private static let penalty = NumberRange.closed(0, 1e9)

  public static let spec = PluginSpec<BoostingLearner>(
    "classifier.gradient_boosting", summary: "Gradient-boosted decision trees.",
    reference: "xgboost.XGBClassifier; XGBoost (Chen and Guestrin, 2016)",
    parameters: [
      .int("n_estimators", \.rounds, in: 1...100_000, "Rounds; each adds a tree for each class."),
      .number("learning_rate", \.learningRate, in: share, "What each tree's leaves are multiplied by."),
      .int("max_depth", \.maxDepth, in: 1...16, "Questions from the root of a tree to a leaf, at most."),
      .number("subsample", \.subsample, in: share, "Share of the rows that a round draws."),
      .number("colsample_bytree", \.columnShare, in: share, "Share of the columns that a tree draws."),
      .number("min_child_weight", \.minChildWeight, in: penalty, "Least sum of second derivatives in a leaf."),
      .number("reg_lambda", \.lambda, in: penalty, "Weight of the squares of the leaves."),
      .number("reg_alpha", \.alpha, in: penalty, "Weight of the sizes of the leaves."),
      .number("gamma", \.gamma, in: penalty, "Least fall of the loss that a split has to bring."),
      .int(
        "early_stopping_rounds", \.earlyStoppingRounds, in: 1...100_000,
        "Rounds without a fall of the validation loss after which training ends; the rounds up to the best are kept."),
      .value(
        "class_weight", \.classWeight, "How much each class counts: null, \"balanced\", or a weight by label."),
    ],
    details: """
      XGBoost trains with the method "hist" on one thread: sums by several threads would depend on their number. What it draws follows \
      from the workflow's seed. For two classes there is one tree a round (objective binary:logistic), for more there is one for each \
      class (multi:softprob).

      The trees are kept as arrays of columns, thresholds and leaves, and evaluated by Timbre; their sums are XGBoost's, bit for bit. \
      Trees ask only which of two numbers is larger, so a scaler changes nearly nothing.

      The history holds loss and accuracy of the training rows, weighted by class_weight, and of the validation rows. A class without \
      training rows has probability 0, and validation rows of such a class are not counted.
      """,
    formula: """
      sum(class) = Σ leaf(tree, x),   p = e^sum / Σ e^sum
      """,
    example: [.init("n_estimators", 300), .init("learning_rate", 0.1), .init("max_depth", 4)])

  public let learner: BoostingLearner

  public init(_ config: BoostingLearner) { learner = config }
}
