import TimbreCore

/// `${NAME}` and `${NAME:-default}` in the strings of a workflow, replaced from the environment.
enum Variables {
  struct Result {
    var value: LocatedValue
    /// One warning for each variable that is unset and has no default; their places keep the text as it was.
    var unset: [(path: [ValueFinding.Step], diagnostic: Diagnostic)]
  }

  static func replace(in value: LocatedValue, environment: [String: String]) -> Result {
    var unset: [(path: [ValueFinding.Step], diagnostic: Diagnostic)] = []
    let replaced = value.mappingStrings { text, place, path in
      expand(text, environment: environment) { name in
        let diagnostic = Diagnostic(
          .unsetVariable, "the environment variable \(name) is not set",
          help: "set it (export \(name)=…) or give a default: ${\(name):-value}", severity: .warning,
          location: place.location)
        unset.append((path, diagnostic))
      }
    }
    return Result(value: replaced, unset: unset)
  }

  private static func expand(_ text: String, environment: [String: String], onUnset: (String) -> Void) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "${"), let close = rest[open.upperBound...].firstIndex(of: "}") {
      result += rest[..<open.lowerBound]
      let inside = rest[open.upperBound..<close]
      let parts = inside.firstRange(of: ":-").map { (inside[..<$0.lowerBound], inside[$0.upperBound...]) }
      let name = String(parts?.0 ?? inside)
      // As in a shell, ":-" also stands in for a variable that is set but empty.
      if let set = environment[name], parts == nil || !set.isEmpty {
        result += set
      } else if let fallback = parts?.1 {
        result += fallback
      } else {
        onUnset(name)
        result += rest[open.lowerBound...close]
      }
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}

extension Diagnostic.Kind {
  static let unsetVariable = Self("unset_variable")
}
