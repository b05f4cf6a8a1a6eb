/// The version of libsvm for the record of a run. Loads it.
public func libSVMVersion() -> String { (try? LibSVM.library()).map { dotted($0.version) } ?? "missing" }

/// The version of liblinear for the record of a run. Loads it.
public func libLinearVersion() -> String { (try? LibLinear.library()).map { dotted($0.version) } ?? "missing" }

/// The version of XGBoost for the record of a run. Loads it.
public func xgBoostVersion() -> String { (try? XGBoost.library())?.version ?? "missing" }

/// 324 is 3.24.
private func dotted(_ version: Int) -> String {
  let minor = String(version % 100)
  return "\(version / 100)." + String(repeating: "0", count: 2 - minor.count) + minor
}
