import TimbreCore
import TimbreEvaluation
import TimbreReport

extension RunComparison {
  public var json: JSONValue {
    var parts: [JSONValue.Member] = [
      .init(
        "settings",
        .array(settings.map { ["path": .string($0.path), "values": .array($0.values.map { $0 ?? .null })] })),
      .init("runs", .array(runs.indices.map(json(ofRun:)))),
      .init(
        "tests",
        [
          "pairs": .string(tested.rawValue), "comparisons": .int(pairs.count), "correction": "holm",
          "level": .number(RunPair.level), "text": .string(correction),
        ]),
      .init("best", best.map(json(of:)) ?? .null),
    ]
    if tested == .all {
      parts.append(
        .init(
          "pairs",
          .array(
            pairs.map { pair in
              .object(
                [.init("run", .string(runs[pair.second].name)), .init("beside", .string(runs[pair.first].name))]
                  + members(of: pair, named: ("only_run_right", "only_beside_right")))
            })))
    }
    return .object(parts)
  }

  private func json(ofRun index: Int) -> JSONValue {
    let run = runs[index]
    let metrics = (["verdict"] + ShownScore.compared.map(\.key) + ["intervals", "intervals_over", "mean", "std"])
      .compactMap {
        key in
        run.metrics[key].map { JSONValue.Member(key, $0) }
      }
    let beside = pair(0, index).map { pair -> JSONValue in
      let changed = rows.changed(0, index)
      return .object(
        members(of: pair, named: ("only_this_right", "only_first_right"))
          + [.init("won", changed.won.json), .init("lost", changed.lost.json)])
    }
    return [
      "name": .string(run.name), "path": .string(run.path), "metrics": .object(metrics),
      "cost": [
        "ms_per_clip": run.cost.millisecondsPerClip.json, "training_seconds": run.cost.trainingSeconds.json,
        "columns": run.cost.columns.json, "parameters": run.cost.parameters.json, "frames": run.cost.frames.json,
      ],
      "compared_to_first": beside ?? .null,
    ]
  }

  /// - Parameter keys: What rows are called that only the second run gets right, and that only the first does.
  private func members(of pair: RunPair, named keys: (second: String, first: String)) -> [JSONValue.Member] {
    [
      .init("rows", .int(pair.test.rows)), .init(keys.first, .int(pair.test.onlyFirst)),
      .init(keys.second, .int(pair.test.onlySecond)),
      .init("accuracy_difference", .number(pair.test.accuracyDifference)),
      .init("uar_difference", .number(pair.test.uarDifference)), .init("uar_interval", pair.test.uarInterval.json),
      .init("interval_over", pair.isOverSpeakers ? "speakers" : "clips"),
      .init("mcnemar_p", .number(pair.test.mcNemar)), .init("mcnemar_p_corrected", .number(pair.mcNemar)),
      .init("permutation_p", .number(pair.test.permutation)),
      .init("permutation_p_corrected", .number(pair.permutation)),
    ]
  }

  private func json(of best: BestRun) -> JSONValue {
    func names(_ places: [Int]) -> JSONValue { places.map { runs[$0].name }.json }
    return [
      "metric": .string(ShownScore.primary.key), "run": .string(runs[best.run].name), "value": .number(best.uar),
      "equal": names(best.equals),
      "not_distinguishable": names(best.alike), "different": names(best.different), "not_tested": names(best.untested),
      "same_rows": .bool(best.areRowsShared), "best_of_trials": best.tried.json,
      "text": .string(best.sentences.joined(separator: " ")),
    ]
  }
}
