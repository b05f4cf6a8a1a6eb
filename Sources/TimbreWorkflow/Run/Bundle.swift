import TimbreCore
import TimbreEvaluation
import TimbreReport

/// A trained model with everything needed to use it: load, features, what rows take of them, scaler, labels, weights, provenance.
///
/// A folder with two files. `bundle.json` says how audio becomes a row and what the columns and labels are;
/// `model.safetensors` holds the scaler and the weights. Each file's checksum stands in `bundle.json`, so that a change to
/// either is noticed. No code is ever read from a bundle.
public struct Bundle: Sendable {
  /// The latest version of the form that this program reads. A bundle of vectors is written as version 1, as it always was; one of
  /// sequences is of version 2.
  public static let version = 2
  static let headName = "bundle.json"
  static let tensorsName = "model.safetensors"

  public let recipe: Recipe
  public let shape: RowShape
  public let labels: [String]
  /// The head as it stands in the file: for `inspect`.
  public let head: JSONValue
  let scaler: Scaler
  let model: any TrainedModel

  /// Probabilities of the labels for rows of unscaled numbers.
  public func probabilities(_ rows: Rows, jobs: Int) throws -> Matrix {
    try model.probabilities(scaler.applied(to: rows), jobs: jobs)
  }

  // MARK: Writing

  /// Writes a bundle into `folder`, the head last: without it the folder is no bundle.
  static func write(
    to folder: String, plan: Plan, labels: [String], scaler: Scaler, model: any TrainedModel, provenance: JSONValue
  ) throws {
    let columns = try plan.recipe.columns()
    let tensors = try Safetensors(tensors: prefixed(scaler.tensors, "scaler.") + prefixed(model.tensors, "model."))
      .encoded()
    func part(_ key: String) -> JSONValue.Member { .init(key, plan.resolved[key] ?? .null) }
    let form = plan.recipe.form.sequence == nil ? (version: 1, key: "vector") : (version: 2, key: "sequence")
    var members: [JSONValue.Member] = [.init("timbre_bundle", .int(form.version)), .init("title", .string(plan.title))]
    members += [part("load"), part("features"), part(form.key), part("scale"), part("classifier"), part("plugins")]
    members += [
      .init("labels", labels.json), .init("columns", columns.map(\.name).json), .init("provenance", provenance),
      .init("tensors_checksum", .string(checksum(tensors))),
    ]
    try AtomicFile.write(tensors, to: folder + "/" + tensorsName)
    try AtomicFile.write(sealed(members).pretty, to: folder + "/" + headName)
  }

  /// A head with its own checksum at the end.
  package static func sealed(_ members: [JSONValue.Member]) -> JSONValue {
    .object(members + [.init("checksum", .string(checksum(Array(JSONValue.object(members).description.utf8))))])
  }

  private static func prefixed(_ tensors: [Tensor], _ prefix: String) -> [Tensor] {
    tensors.map { Tensor(name: prefix + $0.name, shape: $0.shape, values: $0.values) }
  }

  private static func stripped(_ tensors: [Tensor], _ prefix: String) -> [Tensor] {
    tensors.filter { $0.name.hasPrefix(prefix) }.map {
      Tensor(name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, values: $0.values)
    }
  }

  // MARK: Reading

  /// - Parameter path: A bundle, or a run folder that holds one.
  /// - Throws: A `.badBundle` diagnostic that says what is wrong with it: missing, truncated, edited, of a later version.
  public init(reading path: String, registry: Registry) throws {
    let folder = try Self.folder(at: path)
    let name = folder + "/" + Self.headName
    func damaged(_ message: String) -> Diagnostic {
      Diagnostic(
        .badBundle, message, help: "train again, or take the bundle from its run folder again", subject: folder)
    }
    let source = SourceText(name: name, bytes: try AtomicFile.read(name, atMost: JSONParser.largest))
    let head: LocatedValue
    do {
      head = try JSONParser.parse(source).value
    } catch let diagnostic as Diagnostic {
      throw damaged("\(Self.headName) is damaged: \(diagnostic.message)")
    }
    self.head = head.json
    guard let version = head["timbre_bundle"]?.json.intValue else {
      throw damaged("\(Self.headName) is not a bundle's")
    }
    guard version > 0 else { throw damaged("\(Self.headName) has no version") }
    guard version <= Self.version else {
      throw Diagnostic(
        .badBundle, "the bundle is of version \(version), this program reads up to version \(Self.version)",
        help: "use a newer Timbre", subject: folder)
    }
    let rest = (self.head.members ?? []).filter { $0.key != "checksum" }
    guard self.head["checksum"] == Self.sealed(rest)["checksum"] else {
      throw damaged("\(Self.headName) was changed after training")
    }
    let bytes = try AtomicFile.read(folder + "/" + Self.tensorsName)
    guard self.head["tensors_checksum"]?.stringValue == Self.checksum(bytes) else {
      throw damaged("\(Self.tensorsName) was changed or cut short after training")
    }
    let tensors: [Tensor]
    do {
      tensors = try Safetensors(decoding: bytes).tensors
    } catch let diagnostic as Diagnostic {
      throw diagnostic.about(folder + "/" + Self.tensorsName)
    }
    for member in self.head["plugins"]?.members ?? [] {
      guard let plugin = registry.description(of: member.key), member.value.intValue != plugin.version else { continue }
      throw Diagnostic(
        .badBundle, "trained with version \(member.value) of \(plugin.id), this program has version \(plugin.version)",
        help: "its numbers would differ: train again, or use the Timbre it was trained with", subject: folder)
    }
    guard let labels = self.head["labels"].flatMap([String].init(json:)), labels.count > 1,
      Set(labels).count == labels.count,
      let columns = self.head["columns"].flatMap([String].init(json:)),
      let scale = self.head["scale"].flatMap(ScalerKind.init(json:))
    else { throw damaged("\(Self.headName) lacks labels, columns or scale") }

    // A program knows many plugins, and a bundle needs few.
    let used = Set((self.head["plugins"]?.members ?? []).map(\.key))
    var linter = Linter(root: head, registry: registry.only(used), folder: folder, name: folder)
    guard let (recipe, classifier) = linter.model() else {
      throw linter.findings.first ?? damaged("\(Self.headName) cannot be understood")
    }
    let made = try recipe.columns().map(\.name)
    guard made == columns else {
      let other = zip(made, columns).first { $0 != $1 }.map { ", the first that differs: \($0.0), not \($0.1)" } ?? ""
      throw damaged("its features now give \(made.count) columns, its model was trained on \(columns.count)\(other)")
    }
    self.recipe = recipe
    shape = try recipe.shape()
    self.labels = labels
    do {
      scaler = try Scaler(kind: scale, tensors: Self.stripped(tensors, "scaler."), columns: columns.count)
      model = try classifier.restore(Self.stripped(tensors, "model."), for: shape, classes: labels.count)
    } catch let diagnostic as Diagnostic {
      throw diagnostic.about(folder)
    }
  }

  /// The tensors of the model that a run has just written into `folder`.
  static func modelTensors(in folder: String) throws -> [Tensor] {
    stripped(try Safetensors(decoding: try AtomicFile.read(folder + "/" + tensorsName)).tensors, "model.")
  }

  private static func folder(at path: String) throws -> String {
    for folder in [path, path + "/bundle"] where FileSystem.exists(folder + "/" + headName) { return folder }
    let problem = FileSystem.exists(path) ? "holds no bundle" : "there is no such folder"
    throw Diagnostic(
      .badBundle, problem, help: "a bundle is a folder with \(headName), such as runs/…/bundle", subject: path)
  }

  /// 64 bits against accidents: a bundle is trusted as far as its folder is.
  package static func checksum(_ bytes: [UInt8]) -> String {
    return stableHash(bytes).hexadecimal
  }
}

extension Diagnostic.Kind {
  static let badBundle = Self("bad_bundle")
}
