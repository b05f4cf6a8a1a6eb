import Foundation
import Testing
import TimbreBuiltin
import TimbreCore
import TimbreReport
import TimbreWorkflow

@testable import TimbreStudio

@Suite struct WorkflowPictureTests {
  private static let text = """
    {
      "timbre": 1,
      "title": "${TITLE}",
      "dataset": { "use": "dataset.synthetic" },
      "views": { "original": [], "noisy": [{ "use": "augment.noise", "amount": 0.02 }] },
      "features": {
        "mfcc": { "use": "feature.mfcc", "n_mfcc": 13 },
        "delta": { "use": "feature.delta", "of": "mfcc" },
        "rms": "feature.rms"
      },
      "vector": ["mfcc.mean", "delta.std"],
      "classifier": "classifier.svm"
    }
    """

  private static func lint(_ text: String, root: String = "/nowhere") -> WorkflowLint {
    WorkflowLint(name: "w.json", root: root, environment: ["TITLE": "${TITLE}"], registry: Builtin.registry())
  }

  private static func picture(_ text: String) throws -> WorkflowPicture {
    let lint = lint(text)
    return WorkflowPicture(try lint.workflow(text, sets: [], needs: .lint), registry: lint.registry)
  }

  @Test func `everything in the text has its node and its line`() throws {
    let picture = try Self.picture(Self.text)
    let nodes = try #require(picture.nodes.arrayValue)
    let lines = Dictionary(
      uniqueKeysWithValues: nodes.compactMap { node in
        node["path"]?.stringValue.map { ($0, node["line"]?.intValue) }
      })
    #expect(lines["dataset"] == 4 && lines["views.noisy"] == 5 && lines["features.delta"] == 8)
    #expect(lines["vector"] == 11 && lines["classifier"] == 12)
    // What has its default stands nowhere.
    #expect(lines["split"] == .some(nil) && lines["load"] == .some(nil))
    let plugins = nodes.compactMap { $0["plugin"]?.stringValue }
    #expect(plugins == ["dataset.synthetic", "feature.mfcc", "feature.delta", "feature.rms", "classifier.svm"])
  }

  @Test func `arrows follow what reads what`() throws {
    let graph = try Self.picture(Self.text).graph
    func isDrawn(_ from: String, _ to: String) -> Bool { graph.edges.contains(.init(from, to)) }
    #expect(isDrawn("dataset", "load") && isDrawn("load", "views.noisy"))
    #expect(isDrawn("features.mfcc", "features.delta"))
    #expect(isDrawn("features.mfcc", "vector") && isDrawn("features.delta", "vector"))
    #expect(!isDrawn("features.rms", "vector"))
    // The views reach the features that read the signal, through one point.
    let joint = try #require(graph.nodes.first { $0.id.hasPrefix("joint") })
    #expect(isDrawn("views.original", joint.id) && isDrawn(joint.id, "features.rms"))
    #expect(!isDrawn(joint.id, "features.delta"))
    // Rows are split before a scaler learns from those to train on.
    for (from, to) in zip(["vector", "split", "scale", "classifier"], ["split", "scale", "classifier", "evaluation"]) {
      #expect(isDrawn(from, to))
    }
    func column(_ id: String) -> Int { graph.nodes.first { $0.id == id }?.column ?? -1 }
    #expect(column("features.mfcc") < column("features.delta") && column("features.delta") < column("vector"))
  }

  @Test func `what is wrong is marked where it is`() throws {
    let text = Self.text.replacing("\"n_mfcc\": 13", with: "\"n_mffc\": 13")
    let graph = try Self.picture(text).graph
    #expect(graph.nodes.filter(\.isMarked).map(\.id) == ["features.mfcc"])
    #expect(graph.inline.contains("features.mfcc: n_mffc 13: has findings"))
  }

  @Test(arguments: [
    "", "[]", "7", "{", #"{"features": 3, "views": [], "vector": {}, "dataset": [], "classifier": null}"#,
    #"{"features": {"a": {"of": "a"}, "b": {"of": "c"}, "c": {"of": "b"}}, "vector": ["a.mean", 3]}"#,
  ])
  func `any text has a picture, or none`(text: String) throws {
    let inline = try Self.picture(text).graph.inline
    #expect(inline.hasPrefix("<svg") && inline.hasSuffix("</svg>"))
    #expect(!inline.contains("=\"-"), "a length below nothing")
  }

  @Test func `texts of the workflow are never taken for markup`() throws {
    let text = Self.text.replacing("\"noisy\"", with: #""<img src=x onerror=alert(1)>""#)
    let inline = try Self.picture(text).graph.inline
    #expect(!inline.contains("<img"))
    #expect(inline.contains("&lt;img src=x onerror=alert(1)&gt;"))
  }

  @Test func `a variable's value is not to be had`() throws {
    let lint = Self.lint(Self.text)
    let workflow = try lint.workflow(Self.text, sets: [], needs: .lint)
    #expect(workflow.findings.isEmpty)
    #expect(workflow.plan?.title == "${TITLE}")
  }

  @Test func `nothing outside of the workspace is read`() throws {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path
    let space = folder + "/timbre-studio-lint-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: space, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: space) }
    try Data(Self.text.utf8).write(to: URL(fileURLWithPath: space + "/base.json"))
    try FileManager.default.createSymbolicLink(atPath: space + "/link.json", withDestinationPath: "/etc/hostname")
    let lint = Self.lint("", root: space)
    func messages(_ base: String) throws -> [String] {
      try lint.workflow("{\"extends\": \"\(base)\"}", sets: [], needs: .lint).findings.map(\.message)
    }
    #expect(try messages("base.json").isEmpty)
    // What is there and what is not are told apart by nobody.
    let outside = try messages("/etc/hostname")
    #expect(outside == ["/etc/hostname: there is no such workflow in the workspace"])
    #expect(try messages("link.json") == ["link.json: there is no such workflow in the workspace"])
    #expect(try messages("../nothing.json") == ["../nothing.json: there is no such workflow in the workspace"])
  }

  @Test func `a run's own files are known`() throws {
    let text = Self.text.replacing(
      #"{ "use": "dataset.synthetic" }"#,
      with: #"[{ "use": "dataset.folders", "path": "clips" }, { "use": "dataset.ravdess", "path": "/data/ravdess" }]"#)
    let lint = Self.lint(text)
    let workflow = try lint.workflow(text, sets: [], needs: .lint)
    #expect(workflow.findings.isEmpty)
    func foreign(_ data: [String]?) -> String? { Confinement(data: data).foreignPath(in: workflow, lint.registry) }
    #expect(foreign(nil) == nil)
    #expect(foreign(["/nowhere"]) == "/data/ravdess")
    #expect(foreign(["/nowhere", "/data/rav"]) == "/data/ravdess")
    #expect(foreign(["/nowhere", "/data"]) == nil && foreign(["/data/ravdess", "/nowhere"]) == nil)
    #expect(foreign(["/data"]) == "/nowhere/clips")
  }
}
