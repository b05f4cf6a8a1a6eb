import TimbreAudio
import TimbreCore
import TimbreEvaluation

/// The form of a workflow file, made from the registered plugins. Lint, the JSON Schema and the resolved file all follow it.
struct Grammar {
  /// The version of the form that this program reads: the value of the key `timbre`.
  static let version = 1

  let keys: [ParameterDescription]

  init(_ registry: Registry) {
    func plugins(_ descriptions: some Sequence<PluginDescription>) -> ParameterType {
      let sorted = descriptions.sorted { $0.id < $1.id }
      return .variants(
        tag: "use",
        sorted.map { plugin in
          VariantDescription(
            name: plugin.id, summary: plugin.summary, parameters: Self.parameters(of: plugin, in: registry))
        })
    }
    func key(_ name: String, _ type: ParameterType, default value: JSONValue?, _ summary: String)
      -> ParameterDescription
    {
      ParameterDescription(name: name, type: type, unit: nil, summary: summary, defaultValue: value)
    }
    let datasets = plugins(registry.datasets.values.map(\.description))
    keys = [
      key("$schema", .string, default: .null, "Where editors find the schema."),
      key("timbre", .int(Self.version...Self.version), default: nil, "Version of the workflow's form."),
      key("title", .string, default: "", "What the experiment is, in a few words."),
      key("description", .string, default: "", "What it is for; shown in the report."),
      key(
        "extends", .optional(.string), default: .null,
        "A workflow that this one changes; paths start at its own folder."),
      key(
        "variants", .map(of: .map(of: .any)), default: .object([]),
        "Runs to compare: a name, and changes by path, such as {\"features.mfcc.n_mfcc\": 40}; null takes a feature or view away."
      ),
      key("sweep", .optional(Sweep.parameterType), default: .null, "Values to go through, for every variant."),
      key(
        "repeat", .int(1...1_000), default: 1, "How many seeds each run is carried out with, from the workflow's on."),
      key("seed", .int(0...Int.max), default: 0, "Seed of everything random: splits, augmentation, training."),
      key(
        "dataset", .oneOf([datasets, .list(of: datasets, count: 1...100)]), default: nil,
        "Where the clips come from; several datasets are joined, with a column \"dataset\"."),
      key(
        "label_map", .map(of: .optional(.string)), default: .object([]),
        "Other names for labels; null leaves a label out."),
      key("load", LoadOptions.parameterType, default: LoadOptions().json, "How a clip becomes a signal."),
      key(
        "views", .map(of: .list(of: plugins(registry.augmenters.values.map(\.description)), count: 0...32)),
        default: .object([.init("original", .array([]))]),
        "Augmented versions of each clip: a name and a chain of augmenters."),
      key(
        "features", .map(of: plugins(registry.features.values.map(\.description))), default: nil,
        "Feature nodes by name."),
      key(
        "vector", .optional(.list(of: .string, count: 1...1_000)), default: .null,
        "What a row consists of: \"node.statistic\", in this order."),
      key(
        "sequence", .optional(SequenceOptions.parameterType), default: .null,
        "In place of \"vector\": the frames of features in the order of time."),
      key(
        "split", SplitOptions.parameterType, default: SplitOptions().json, "What is trained on and what is tested on."),
      key(
        "scale", ScalerKind.parameterType, default: ScalerKind.standard.json,
        "Scaling of columns, fitted on training rows."),
      key(
        "classifier", plugins(registry.classifiers.values.map(\.description)), default: nil, "What learns the classes."),
      key("on_error", OnError.parameterType, default: OnError.stop.json, "What to do when a clip fails."),
      key("artifacts", ArtifactOptions.parameterType, default: ArtifactOptions().json, "What the run folder shows."),
      key(
        "plugins", .map(of: .int(1...Int.max)), default: .null,
        "Versions of the plugins; written into resolved workflows."),
    ]
  }

  /// What the node of a plugin takes.
  private static func parameters(of plugin: PluginDescription, in registry: Registry) -> [ParameterDescription] {
    let own = plugin.kind == .augment ? AugmentationStep.drawable(plugin.parameters) : plugin.parameters
    return nodeParameters(of: plugin, in: registry) + own
  }

  /// What the node of a plugin takes besides the plugin's parameters.
  static func nodeParameters(of plugin: PluginDescription, in registry: Registry) -> [ParameterDescription] {
    if plugin.kind == .augment {
      return AugmentationStep.nodeParameters(changesFeatures: registry.featureAugmenters.contains(plugin.id))
    }
    guard registry.transforms.contains(plugin.id) else { return [] }
    return [
      ParameterDescription(
        name: "of", type: .string, unit: nil, summary: "The feature node that it reads.", defaultValue: nil)
    ]
  }

  func type(of key: String) -> ParameterType? { keys.first { $0.name == key }?.type }
}

/// What a run does when a clip cannot be read or analysed.
public enum OnError: String, ParameterValue, CaseIterable { case stop, skip }

/// What a run leaves to look at besides numbers.
public struct ArtifactOptions: RecordValue {
  /// How many test clips are shown with audio and pictures.
  public var clips = 8
  /// Whether the features that can be turned back into sound are heard as well.
  public var resynth = false
  public init() {}

  public static let parameters: [Parameter<ArtifactOptions>] = [
    .int("clips", \.clips, in: 0...10_000, "Test clips that are shown with their audio and pictures."),
    .bool("resynth", \.resynth, "Whether the audio shown includes what each feature keeps, turned back into sound."),
  ]
}

extension LoadOptions: RecordValue {
  public init() { self.init(sampleRate: 22_050) }

  public static let parameters: [Parameter<LoadOptions>] = [
    .int(
      "sample_rate", \.sampleRate, in: 1_000...384_000, unit: .hertz, "Rate to resample to; null keeps the file's own."),
    .number("offset", \.offset, in: .closed(0, 86_400), unit: .seconds, "Where reading starts."),
    .number(
      "duration", \.duration, in: NumberRange(0, 86_400, excludesLower: true), unit: .seconds,
      "How much is read at most; null reads to the end."),
    .choice("res_type", \.resampler, "Resampler, as librosa names it."),
  ]
}
