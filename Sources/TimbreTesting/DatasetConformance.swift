import TimbreCore

/// Reads a dataset twice: ids unique and in order, labels among the declared ones, the same clips again.
///
/// - Parameter members: What the dataset needs, such as its path.
public func conformanceFailures<P: DatasetReader>(
  of plugin: P.Type, members: [JSONValue.Member] = []
) -> [ConformanceFailure] {
  var log = FailureLog(P.spec.description.id)
  log.add(specFailures(of: plugin))
  guard let made = log.attempt("making it", { try P(P.spec.config(from: members)) }),
    let list = log.attempt("listing", { try made.clips() })
  else { return log.failures }
  let ids = list.clips.map(\.id)
  log.check(!ids.isEmpty, "listing", "no clip and no diagnostic")
  log.check(Set(ids).count == ids.count, "listing", "two clips have one id")
  log.check(ids == ids.sorted(), "listing", "the clips are not sorted by id")
  for clip in list.clips {
    log.check(!clip.id.isEmpty && !clip.id.hasPrefix("/"), "clip \"\(clip.id)\"", "the id is empty or an absolute path")
    log.check(!clip.label.isEmpty, "clip \(clip.id)", "no label")
    log.check(
      list.labels.isEmpty || list.labels.contains(clip.label), "clip \(clip.id)", "unlisted label \"\(clip.label)\"")
    log.check(clip.speaker != "", "clip \(clip.id)", "an empty speaker; nil means unknown")
    let names = clip.attributes.map(\.name)
    log.check(Set(names).count == names.count, "clip \(clip.id)", "two attributes have one name")
    log.check(names.allSatisfy(isSnakeCase), "clip \(clip.id)", "an attribute is not lower snake case: \(names)")
  }
  if let again = log.attempt("listing again", { try made.clips() }) {
    log.check(again.clips.map(\.id) == ids, "listing again", "gives other clips")
    log.check(again.clips.map(\.label) == list.clips.map(\.label), "listing again", "gives other labels")
  }
  if let clip = list.clips.first, case .generated(let make) = clip.source {
    let (first, second) = (log.attempt("generating", make), log.attempt("generating", make))
    log.check(first == second, "generating", "\(clip.id) sounds otherwise the second time")
    log.check(
      first.map { !$0.samples.isEmpty && $0.firstNonFinite == nil } ?? true, "generating", "\(clip.id) is not audio")
  }
  guard P.spec.description.parameters.contains(where: { $0.name == "path" }) else { return log.failures }
  let elsewhere = members.filter { $0.key != "path" } + [.init("path", "/no/such/folder")]
  let found = log.attempt("a path that is not there", mayRefuse: true) {
    try P(P.spec.config(from: elsewhere)).clips()
  }
  log.check(found == nil, "a path that is not there", "is accepted")
  return log.failures
}
