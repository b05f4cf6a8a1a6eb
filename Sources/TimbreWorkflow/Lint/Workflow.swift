import TimbreCore

/// A workflow file as it was read, with what lint found in it and, when nothing stops it, the plan.
public struct Workflow: Sendable {
  public var name: String
  public var source: SourceText
  /// Sorted by place.
  public var findings: [Diagnostic]
  public var plan: Plan?
  /// Where the file asks for several runs.
  public var experiment: Experiment?
  /// What the file says together with what it extends, variables as they are written; nil where it cannot be read as JSON.
  public var root: LocatedValue?

  public var hasErrors: Bool { findings.contains { $0.severity == .error } }

  /// What a request needs of a workflow.
  public struct Needs: Sendable {
    /// Whether an unset variable is an error (a run) or a warning (lint).
    public var variables: Bool
    /// Whether the dataset has to be usable.
    public var dataset: Bool
    public static let lint = Needs(variables: false, dataset: true)
    public static let run = Needs(variables: true, dataset: true)
    public static let vectors = Needs(variables: true, dataset: false)
  }

  /// Lints a workflow and plans it. Finds everything wrong at once and reads no audio.
  ///
  /// - Parameters:
  ///   - folder: Where relative paths start: the workflow file's folder, absolute.
  ///   - environment: Values of `${NAME}`.
  public init(
    name: String, source: SourceText, folder: String, overrides: [Override] = [], environment: [String: String],
    registry: Registry, needs: Needs, read: (String) throws -> SourceText = { try SourceText(reading: $0) }
  ) {
    self.name = name
    self.source = source
    findings = []
    let grammar = Grammar(registry)
    let root: LocatedValue
    do {
      let parsed = try JSONParser.parse(source)
      findings += parsed.duplicates
      let merged = try Inheritance.resolve(
        parsed.value, folder: folder, grammar: grammar, duplicates: &findings, read: read)
      root = try overrides.reduce(merged) { value, override in
        try value.applying(override) { registry.defaultValue(of: $1, in: $0, forSequences: merged.hasSequences) }
      }
    } catch let diagnostic as Diagnostic {
      findings.append(diagnostic)
      return
    } catch {
      findings.append(Diagnostic(.syntax, "\(error)", subject: source.name))
      return
    }
    self.root = root
    let replaced = Variables.replace(in: root, environment: environment)
    let datasetIsUnset = replaced.unset.contains { $0.path.first == .key("dataset") }
    for (path, var diagnostic) in replaced.unset {
      if !needs.dataset, path.first == .key("dataset") { continue }
      if needs.variables { diagnostic.severity = .error }
      findings.append(diagnostic)
    }
    let single = Experiment.keys.reduce(replaced.value) { $0.removing($1) }
    func linted(_ root: LocatedValue) -> (plan: Plan?, findings: [Diagnostic]) {
      var linter = Linter(root: root, registry: registry, folder: folder, name: name, grammar: grammar)
      let plan = linter.plan(withDataset: needs.dataset && !datasetIsUnset)
      return (plan, linter.findings)
    }
    let base = linted(single)
    plan = base.plan
    do {
      let trials = try Experiment.trials(
        of: replaced.value, single, base: base, registry: registry, grammar: grammar, linted)
      findings += trials.findings
      if let made = trials.trials {
        experiment = Experiment(
          title: made.first?.plan.title ?? name, trials: made,
          resolved: Experiment.resolved(replaced.value, base: base.plan))
      }
    } catch let diagnostic as Diagnostic {
      findings.append(diagnostic)
    } catch {
      findings.append(Diagnostic(.syntax, "\(error)", subject: source.name))
    }
    findings.sort {
      ($0.location?.line ?? 0, $0.location?.column ?? 0, $0.message) < (
        $1.location?.line ?? 0, $1.location?.column ?? 0, $1.message
      )
    }
    if hasErrors { (plan, experiment) = (nil, nil) }
  }
}
