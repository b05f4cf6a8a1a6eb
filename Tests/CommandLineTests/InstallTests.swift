import Foundation
import Testing
import TimbreCore

/// `make install` of the programs that the tests run, without building them again.
@Suite struct InstallTests {
  /// The names below PREFIX that belong to one program.
  private static func files(of program: String) -> [String] {
    [
      "bin/\(program)", "share/man/man1/\(program).1", "share/bash-completion/completions/\(program)",
      "share/zsh/site-functions/_\(program)", "share/fish/vendor_completions.d/\(program).fish",
    ]
  }

  private func version() throws -> String { try Workspace().timbre("--version").out.trimmingCharacters(in: .newlines) }

  @Test func installsWhatItNamesAndTakesItAwayAgain() throws {
    let space = try Workspace()
    let first = try Installation(in: space)
    let again = try Installation(in: space)
    #expect(first.outcome.status == 0 && again.outcome.status == 0, "\(first.outcome.err)\(again.outcome.err)")
    let listed = try space.text("root/opt/timbre/share/timbre/installed").split(separator: "\n").map(String.init)
    #expect(listed.sorted() == again.files())
    for program in again.programs { #expect(Set(Self.files(of: program)).isSubset(of: listed)) }
    #expect(listed.contains("share/timbre/Workflows/demo.json"))
    #expect(listed.contains("share/timbre/schema/workflow.schema.json"))
    #expect(listed.contains("share/doc/timbre/LICENSE"))

    let version = try Running(again.url("bin/timbre"), ["--version"], in: space.url).finish()
    #expect(try version.out == self.version() + "\n", "\(version.err)")
    let lint = try Running(
      again.url("bin/timbre"), ["lint", again.url("share/timbre/Workflows/demo.json").path], in: space.url
    ).finish()
    #expect(lint.status == 0, "\(lint.err)")

    try space.write("mine", to: "root/opt/timbre/share/timbre/Workflows/mine.json")
    let gone = try Installation.make("uninstall", in: space)
    #expect(gone.status == 0, "\(gone.err)")
    #expect(again.files() == ["share/timbre/Workflows/mine.json"])
    let twice = try Installation.make("uninstall", in: space)
    #expect(twice.status != 0)
    #expect(twice.err.contains("nothing of Timbre is installed there"))
  }

  @Test func refusesAPrefixThatIsNotAbsolute() throws {
    let outcome = try Installation.make("install", in: Workspace(), prefix: "here")
    #expect(outcome.status != 0)
    #expect(outcome.err.contains("PREFIX must be an absolute path, not here"))
  }

  @Test func manualDescribesEveryCommandAndOption() throws {
    let space = try Workspace()
    let installation = try Installation(in: space)
    for program in installation.programs {
      let page = try String(contentsOf: installation.url("share/man/man1/\(program).1"), encoding: .utf8)
      #expect(!page.contains(/@[A-Z]+@/), "a place of the template was not filled")
      #expect(page.contains(".Os Timbre \(try version())\n"))
      #expect(page.utf8.allSatisfy { $0 < 128 })
    }
    let page = try String(contentsOf: installation.url("share/man/man1/timbre.1"), encoding: .utf8)
    for command in ["run", "lint", "extract", "predict", "datasets get"] {
      #expect(page.contains("\n.Ss \(command)\n"))
      let help = try space.timbre("help", command).out
      for option in help.matches(of: /--([a-z][a-z-]+)/).map(\.output.1) {
        #expect(page.contains("Fl -\(option)"), "\(command) --\(option)")
      }
    }
    #expect(page.contains("/opt/timbre/share/timbre/Workflows"))
  }

  @Test(.enabled(if: Shell.path("mandoc") != nil, "skipped: mandoc is not installed"))
  func manualIsCleanRoff() throws {
    let space = try Workspace()
    let installation = try Installation(in: space)
    let mandoc = URL(fileURLWithPath: try #require(Shell.path("mandoc")))
    for program in installation.programs {
      let page = installation.url("share/man/man1/\(program).1").path
      let lint = try Running(mandoc, ["-T", "lint", "-W", "warning", page], in: space.url).finish()
      #expect(lint.status == 0 && lint.out.isEmpty, "\(lint.out)\(lint.err)")
      let text = try Running(mandoc, ["-T", "utf8", page], in: space.url).finish().out
      #expect(text.contains("Timbre \(try version())"))
    }
  }

  @Test(arguments: [
    ("timbre ext", ["extract"]), ("timbre extract --use feature.mfc", ["feature.mfcc"]),
    ("timbre extract --use feature.mfcc --set n_mfcc", ["n_mfcc=20"]),
    ("timbre augment --use augment.pitch", ["augment.pitch_shift"]),
    ("timbre plugins classifier.conv", ["classifier.conv1d"]), ("timbre runs --sort u", ["uar"]),
    ("timbre runs --state ", ["damaged", "failed", "finished", "interrupted", "running", "stopped"]),
    ("timbre datasets get crem", ["crema_d"]),
    ("timbre extract --res-type sinc_", ["sinc_best", "sinc_fastest", "sinc_medium"]),
    ("timbre run w", ["w.json", "work"]), ("timbre predict w.wav --model w", ["work"]),
  ])
  func bashCompletes(_ line: String, _ expected: [String]) throws {
    let space = try Workspace()
    for name in ["w.json", "w.wav", "work/x"] { try space.write("", to: name) }
    let script = try space.timbre("--generate-completion-script", "bash").out
    try space.write(script, to: "script")
    // What bash itself does at a tab: sets these variables, calls the function with command, word and word before.
    let press = """
      . ./script
      IFS=' ' read -ra COMP_WORDS <<< "$1"; [[ $1 = *' ' ]] && COMP_WORDS+=('')
      COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _timbre timbre "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let path = program.deletingLastPathComponent().path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    let outcome = try Running(
      URL(fileURLWithPath: "/bin/bash"), ["--norc", "-c", press, "bash", line], in: space.url,
      environment: ["PATH": path]
    ).finish()
    #expect(outcome.out.split(separator: "\n").map(String.init).sorted() == expected, "\(outcome.err)")
  }

  @Test(.enabled(if: Shell.path("zsh") != nil, "skipped: zsh is not installed"))
  func zshReadsItsCompletions() throws {
    let space = try Workspace()
    try space.write(space.timbre("--generate-completion-script", "zsh").out, to: "functions/_timbre")
    let script = """
      autoload -Uz compinit && fpath=($PWD/functions $fpath) && compinit -D -u
      print -r -- ${_comps[timbre]}; autoload +X _timbre && whence -w _timbre
      """
    let outcome = try Running(
      URL(fileURLWithPath: try #require(Shell.path("zsh"))), ["-f", "-c", script], in: space.url
    ).finish()
    #expect(outcome.out == "_timbre\n_timbre: function\n", "\(outcome.err)")
    #expect(outcome.err.isEmpty)
  }

  @Test(.enabled(if: Shell.path("fish") != nil, "skipped: fish is not installed"))
  func fishCompletes() throws {
    let space = try Workspace()
    try space.write(space.timbre("--generate-completion-script", "fish").out, to: "timbre.fish")
    func ask(_ line: String) throws -> Outcome {
      try Running(
        URL(fileURLWithPath: try #require(Shell.path("fish"))),
        ["--no-config", "-c", "source timbre.fish; complete -C '\(line)'"], in: space.url,
        environment: ["HOME": space.url.path]
      ).finish()
    }
    let commands = try ask("timbre ext")
    #expect(commands.out.hasPrefix("extract\t"), "\(commands.err)")
    let choices = try ask("timbre extract --res-type sinc_b")
    #expect(choices.out.hasPrefix("sinc_best\t"), "\(choices.err)")
  }
}

/// Where the Makefile is.
private let repository = root

/// `make install` into a folder of the workspace, for the prefix /opt/timbre.
private struct Installation {
  let outcome: Outcome
  let root: URL

  init(in space: Workspace) throws {
    outcome = try Self.make("install", in: space)
    root = space.url.appendingPathComponent("root/opt/timbre")
  }

  static func make(_ target: String, in space: Workspace, prefix: String = "/opt/timbre") throws -> Outcome {
    try Running(
      URL(fileURLWithPath: "/usr/bin/make"),
      [
        "-s", "-C", repository.path, "-o", "release", "-o", "install-packages", target, "PREFIX=\(prefix)",
        "DESTDIR=\(space.path("root"))", "RELEASE=\(program.deletingLastPathComponent().path)",
      ], in: space.url, environment: ["MAKEFLAGS": ""]
    ).finish()
  }

  func url(_ name: String) -> URL { root.appendingPathComponent(name) }

  var programs: [String] {
    ["timbre", "timbre-studio"].filter { FileManager.default.isExecutableFile(atPath: url("bin/\($0)").path) }
  }

  /// The files below the prefix, sorted.
  func files() -> [String] {
    let all = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    var isFolder: ObjCBool = false
    return all.filter {
      unsafe FileManager.default.fileExists(atPath: url($0).path, isDirectory: &isFolder) && !isFolder.boolValue
    }.sorted()
  }
}

private enum Shell {
  static func path(_ name: String) -> String? {
    ["/usr/bin/", "/bin/", "/usr/local/bin/"].map { $0 + name }.first(where: FileManager.default.isExecutableFile)
  }
}
