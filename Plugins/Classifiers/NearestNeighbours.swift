import TimbreCore
import TimbreLearners

/// The classes of the nearest rows of training.
public struct NearestNeighbours: LearnerClassifier {
  public static let spec = PluginSpec<NeighbourLearner>(
    "classifier.nearest_neighbours", summary: "The classes of the nearest rows of training.",
    reference: "sklearn.neighbors.KNeighborsClassifier",
    parameters: [
      .int("n_neighbors", \.neighbours, in: 1...1_000_000, "How many rows vote."),
      .choice("weights", \.weights, "Whether all votes count alike, or each by 1 / distance."),
      .choice("metric", \.metric, "How far one row is from another."),
    ],
    details: """
      The probability of a class is its share of the votes, so with five neighbours it is a multiple of a fifth. Of rows at one distance \
      the earliest in the training set is nearest. Weighted by distance, neighbours at distance 0 count alone. The cosine's distance is \
      1 − cos; a row of zeros has distance 1 from all.

      Scale the columns first ("scale": "standard"): a distance knows no units. The bundle holds all training rows, in the open.
      """,
    example: [.init("n_neighbors", 9), .init("weights", "distance")])

  public let learner: NeighbourLearner

  public init(_ config: NeighbourLearner) { learner = config }
}
