// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A C library of Debian: a module map and nothing else.
func library(_ name: String, _ pkgConfig: String, debian: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

/// A C library of Debian that is loaded when something needs it: nothing links it.
func loaded(_ name: String, debian: String) -> Target { .systemLibrary(name: name, providers: [.apt([debian])]) }

func module(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TimbreCore", "TimbreTesting"], swiftSettings: settings)
}

let real: Target.Dependency = .product(name: "RealModule", package: "swift-numerics")

let package = Package(
  name: "timbre",
  products: [
    .executable(name: "timbre", targets: ["timbre"]),
    .executable(name: "timbre-studio", targets: ["timbre-studio"]),
    .library(name: "TimbreCore", targets: ["TimbreCore"]),
    .library(name: "TimbreTesting", targets: ["TimbreTesting"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.0.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.20.0", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.0.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.80.0"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.25.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.5.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
  ],
  targets: [
    library("CFFTW", "fftw3f", debian: "libfftw3-dev"),
    library("CFLAC", "flac", debian: "libflac-dev"),
    library("CSndfile", "sndfile", debian: "libsndfile1-dev"),
    library("CSoxr", "soxr", debian: "libsoxr-dev"),
    library("CSamplerate", "samplerate", debian: "libsamplerate0-dev"),
    library("CPNG", "libpng", debian: "libpng-dev"),
    loaded("COpenBLAS", debian: "libopenblas-dev"),
    loaded("CLibSVM", debian: "libsvm-dev"),
    loaded("CLibLinear", debian: "liblinear-dev"),
    loaded("CXGBoost", debian: "libxgboost-dev"),

    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CPrefetch"),

    module("TimbreCore", ["CMalloc", real]),
    module("TimbreAudio", ["TimbreCore", "TimbreDSP", "CFLAC", "CSndfile", "CSoxr", "CSamplerate"]),
    module("TimbreDSP", ["TimbreCore", "CFFTW", real]),
    module("TimbreMachine", ["TimbreCore"]),
    module("TimbreNN", ["TimbreCore", "TimbreMachine", "COpenBLAS", "CPrefetch", real]),
    module("TimbreLearners", ["TimbreCore", "TimbreMachine", "CLibSVM", "CLibLinear", "CXGBoost", real]),
    module("TimbreReport", ["TimbreCore", "CPNG"]),
    module("TimbreTools", ["TimbreCore"]),
    module("TimbreCorpora", ["TimbreCore", "TimbreTools"]),
    module("TimbreEvaluation", ["TimbreCore", real]),
    module("TimbreCache", ["TimbreCore", .product(name: "GRDB", package: "GRDB.swift")]),
    module("TimbreFingerprint", ["TimbreCore", "TimbreDSP", "TimbreMachine", real]),
    module(
      "TimbreWorkflow",
      [
        "TimbreCore", "TimbreAudio", "TimbreCache", "TimbreDSP", "TimbreEvaluation", "TimbreFingerprint",
        "TimbreMachine", "TimbreReport",
      ]),
    module("TimbreTracking", ["TimbreCore", "TimbreReport", "TimbreTools", "TimbreWorkflow"]),
    module("TimbreTesting", ["TimbreCore", real]),

    module("TimbreDatasets", path: "Plugins/Datasets", ["TimbreCore", "TimbreAudio", real]),
    module("TimbreFeatures", path: "Plugins/Features", ["TimbreCore", "TimbreAudio", "TimbreDSP", real]),
    module("TimbreAugmenters", path: "Plugins/Augmenters", ["TimbreCore", "TimbreAudio", "TimbreDSP", real]),
    module("TimbreClassifiers", path: "Plugins/Classifiers", ["TimbreCore", "TimbreNN", "TimbreLearners"]),
    module(
      "TimbreBuiltin", path: "Plugins/Builtin",
      [
        "TimbreCore", "TimbreAudio", "TimbreDSP", "TimbreNN", "TimbreLearners", "TimbreDatasets", "TimbreFeatures",
        "TimbreAugmenters", "TimbreClassifiers",
      ]),

    .executableTarget(
      name: "timbre",
      dependencies: [
        "TimbreCore", "TimbreAudio", "TimbreCache", "TimbreReport", "TimbreCorpora", "TimbreTracking", "TimbreWorkflow",
        "TimbreBuiltin",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),

    .target(
      name: "TimbreStudio",
      dependencies: [
        "TimbreCore", "TimbreAudio", "TimbreReport", "TimbreWorkflow",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      // Its tests look inside, in release as everything here is tested.
      resources: [.copy("Assets")], swiftSettings: settings + [.unsafeFlags(["-enable-testing"])]),

    .executableTarget(
      name: "timbre-studio",
      dependencies: [
        "TimbreCore", "TimbreStudio", "TimbreWorkflow", "TimbreBuiltin",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),

    .executableTarget(
      name: "timbre-bench",
      dependencies: [
        "TimbreCore", "TimbreAudio", "TimbreNN", "TimbreReport", "TimbreWorkflow", "TimbreBuiltin",
      ],
      swiftSettings: settings),

    tests("TimbreCoreTests", []),
    tests("TimbreAudioTests", ["TimbreAudio"]),
    tests("TimbreDSPTests", ["TimbreDSP"]),
    tests("TimbreNNTests", ["TimbreNN"]),
    tests("TimbreLearnersTests", ["TimbreLearners", "TimbreMachine", real]),
    tests("TimbreReportTests", ["TimbreReport"]),
    tests("TimbreCorporaTests", ["TimbreCorpora"]),
    tests("TimbreFingerprintTests", ["TimbreFingerprint", "TimbreAudio", "TimbreMachine"]),
    tests("TimbreStudioTests", ["TimbreStudio", "TimbreReport", "TimbreWorkflow", "TimbreBuiltin"]),
    tests("TimbreEvaluationTests", ["TimbreEvaluation"]),
    tests("TimbreWorkflowTests", ["TimbreWorkflow", "TimbreAudio", "TimbreReport", "TimbreBuiltin"]),
    tests(
      "PluginTests",
      [
        "TimbreAudio", "TimbreDSP", "TimbreNN", "TimbreLearners", "TimbreDatasets", "TimbreFeatures",
        "TimbreAugmenters",
        "TimbreClassifiers", "TimbreBuiltin",
      ]),
    tests("CommandLineTests", ["timbre", "timbre-bench", "TimbreAudio", "TimbreReport"]),
  ]
)
