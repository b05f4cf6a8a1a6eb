import ArgumentParser
import TimbreAudio
import TimbreCore
import TimbreCorpora

/// What a shell offers where a value is wanted. The shell asks the program itself, so that it offers what this program knows.
extension CompletionKind {
  static var audio: Self { .file() }
  static var workflow: Self { .file(extensions: ["json"]) }
  static var wav: Self { .file(extensions: ["wav", "WAV"]) }
  /// A run folder, a bundle, or where one is to go: all are folders.
  static var folder: Self { .directory }

  static var anyPlugin: Self { .custom { _, _, _ in registry.descriptions.map(\.id) } }
  static var feature: Self { .custom { _, _, _ in registry.features.keys.sorted() } }
  static var extractor: Self {
    .custom { _, _, _ in registry.features.keys.filter { !registry.transforms.contains($0) }.sorted() }
  }
  static var invertibleFeature: Self { .custom { _, _, _ in registry.invertibleFeatures } }
  static var augmenter: Self {
    .custom { _, _, _ in registry.augmenters.keys.filter { !registry.featureAugmenters.contains($0) }.sorted() }
  }
  static var corpus: Self { .custom { _, _, _ in Catalogue.builtIn.corpora.map(\.name) } }
  static var resampler: Self { .list(ResamplerType.allCases.map(\.rawValue)) }

  /// The parameters, with their defaults, of the plugin that `option` names earlier in the line.
  static func parameter(of option: String) -> Self {
    .custom { words, _, _ in
      guard let place = words.lastIndex(of: option), words.indices.contains(place + 1),
        let plugin = registry.description(of: words[place + 1])
      else { return [] }
      return plugin.parameters.map { "\($0.name)=\($0.defaultValue?.plain ?? "")" }.filter {
        !$0.contains(where: \.isWhitespace)
      }
    }
  }
}
