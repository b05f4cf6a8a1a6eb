import Foundation

/// `Tests/Goldens/evaluation.json`, made by the script beside it.
struct Golden: Decodable {
  struct Pooling: Decodable {
    var frames: Int
    var bins: Int
    var values: [Float]
    var mean32: [Double]
    var expected: [String: [Double]]
  }

  struct Scaling: Decodable {
    var rows: Int
    var columns: Int
    var values: [Float]
    var train: [Int]
    var standard: [Double]
    var min_max: [Double]
    var robust: [Double]
    var quantile: [Double]
  }

  struct Scored: Decodable {
    var classes: Int
    var truth: [Int]
    var probabilities: [Float]
    var accuracy: Double
    var uar: Double
    var macro_f1: Double
    var weighted_f1: Double
    var macro_precision: Double
    var macro_recall: Double
    var log_loss: Double
    var precision: [Double]
    var recall: [Double]
    var f1: [Double]
    var support: [Int]
    var confusion: [Int]
  }

  var pooling: [Pooling]
  var scaling: [Scaling]
  var scores: [Scored]

  static func load() throws -> Golden {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "Goldens/evaluation.json"))
    return try JSONDecoder().decode(Golden.self, from: data)
  }
}
