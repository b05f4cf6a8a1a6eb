import TimbreCore

/// Puts a plugin of whatever kind through the kit, for tests that go over a whole registry:
/// ```swift
/// for plugin in Builtin.registry().types { #expect(conformanceFailures(ofAny: plugin) == []) }
/// ```
/// - Parameters:
///   - members: What the plugin needs to be made, such as a path, or small settings of what trains for long.
///   - atLimits: Whether features and augmenters are tried with each parameter at its limits.
public func conformanceFailures(
  ofAny plugin: any Plugin.Type, members: [JSONValue.Member] = [], atLimits: Bool = true
) -> [ConformanceFailure] {
  if let plugin = plugin as? any FeatureExtractor.Type {
    return conformanceFailures(of: plugin, members: members, atLimits: atLimits) + exampleFailures(of: plugin, members)
  }
  if let plugin = plugin as? any FeatureTransform.Type {
    return conformanceFailures(of: plugin, members: members, atLimits: atLimits) + exampleFailures(of: plugin, members)
  }
  if let plugin = plugin as? any Augmenter.Type {
    return conformanceFailures(of: plugin, members: members, atLimits: atLimits) + exampleFailures(of: plugin, members)
  }
  if let plugin = plugin as? any FeatureAugmenter.Type {
    return conformanceFailures(of: plugin, members: members, atLimits: atLimits) + exampleFailures(of: plugin, members)
  }
  if let plugin = plugin as? any Classifier.Type { return conformanceFailures(of: plugin, members: members) }
  if let plugin = plugin as? any DatasetReader.Type { return conformanceFailures(of: plugin, members: members) }
  return [ConformanceFailure(plugin: "\(plugin)", situation: "its kind", message: "is none that the kit knows")]
}

/// The example of the reference page has to be one that works.
private func exampleFailures<P: Plugin>(of plugin: P.Type, _ members: [JSONValue.Member]) -> [ConformanceFailure] {
  var log = FailureLog(P.spec.description.id)
  // A transform's example may say by "of" which feature it reads.
  let example = P.spec.description.example.filter { $0.key != "of" }
  let needed = members.filter { member in !example.contains { $0.key == member.key } }
  _ = log.attempt("the example of its page") { try P(P.spec.config(from: example + needed)) }
  return log.failures
}
