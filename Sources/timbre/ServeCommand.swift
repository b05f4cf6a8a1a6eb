import ArgumentParser
import Foundation
import TimbreCore

/// The web server is a program of its own, so that this one is quick to build and to start; it takes over here.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Open the workbench in the browser: starts timbre-studio, and hands it all that follows.",
    discussion: "Such as --port 8080 --model BUNDLE --workspace DIR; timbre-studio --help tells of all.")

  @Argument(parsing: .captureForPassthrough, help: "What timbre-studio takes.") var arguments: [String] = []

  func run() throws {
    let here = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let program = here.appendingPathComponent("timbre-studio").path
    let words = [program, "serve"] + arguments
    var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
    _ = unsafe execv(program, &pointers)
    throw Diagnostic(
      .unreadableFile, "timbre-studio cannot be started: \(unsafe String(cString: strerror(errno)))",
      help: "build it with: make studio", subject: program)
  }
}
