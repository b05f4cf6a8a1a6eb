import TimbreCore
import TimbreReport

/// The list of workflows, and the workbench of one.
enum WorkflowPages {
  static func list(_ workflows: [(file: WorkflowFiles.File, lint: JSONValue)], busy: Set<String>) -> Page {
    var page = Page("Workflows", section: .workflows, scripts: ["workflows.js"])
    page.body.raw(
      "<div class=\"tools\"><h1>Workflows</h1><button id=\"new\" type=\"button\">New workflow</button></div>")
    page.body.element(
      "p",
      "A workflow says which recordings are read, what is computed of them and what learns from it. A run carries it out.",
      class: "lead")
    page.body.raw("<p id=\"status\" role=\"status\" class=\"status\"></p>")
    if workflows.isEmpty {
      page.body.element(
        "p",
        "There is none in this workspace yet. Begin with the small example: it makes its own voices, so that nothing has to be "
          + "downloaded, and a run of it takes some seconds.")
    }
    page.body.raw(newForm(workflows.map(\.file.name)))
    if workflows.isEmpty { return page }
    page.body.raw(
      """
      <div class="scroll"><table aria-label="Workflows" class="workflows"><thead><tr><th scope="col">Workflow</th>\
      <th scope="col" class="wide">Dataset</th><th scope="col" class="wide">Views</th><th scope="col" class="wide">Features</th>\
      <th scope="col" class="wide">Classifier</th>\
      <th scope="col">Findings</th><th scope="col"><span class="hidden">Run</span></th></tr></thead><tbody>
      """)
    for (file, lint) in workflows { page.body.raw(row(file, lint, isBusy: busy.contains(file.name))) }
    page.body.raw("</tbody></table></div>")
    return page
  }

  private static func row(_ file: WorkflowFiles.File, _ lint: JSONValue, isBusy: Bool) -> String {
    let e = Markup.escape
    func names(_ key: String) -> String {
      e((lint["summary"]?[key]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ", "))
    }
    let findings = lint["findings"]?.arrayValue ?? []
    let errors = findings.count { $0["severity"]?.stringValue == "error" }
    let title = lint["title"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? file.name
    let runs = lint["summary"]?["runs"]?.intValue ?? 1
    let many = runs > 1 ? " <span class=\"tag\">\(runs) runs</span>" : ""
    let found =
      findings.isEmpty
      ? "<span class=\"good\">none</span>"
      : "<span class=\"\(errors > 0 ? "bad" : "muted")\">\(Self.count(errors, findings.count - errors))</span>"
    let address = "/workflows/" + Paths.encoded(file.name)
    let label = e("Run \(file.name)")
    return """
      <tr><th scope="row"><a href="\(address)">\(e(title))</a><div class="detail">\(e(file.relative))\(many)</div></th>\
      <td class="wide">\(names("dataset"))</td><td class="wide long">\(names("views"))</td>\
      <td class="wide long">\(names("features"))</td><td class="wide">\(names("classifier"))</td><td class="nowrap">\(found)</td><td><button type="button" class="small" \
      data-run="\(e(file.name))" aria-label="\(label)"\(errors > 0 ? " disabled" : "")>Run</button>\
      \(isBusy ? " <a class=\"tag\" href=\"\(address)#running\">under way</a>" : "")</td></tr>
      """
  }

  static func count(_ errors: Int, _ others: Int) -> String {
    func count(_ number: Int, _ noun: String) -> String? {
      number > 0 ? "\(number) \(noun)\(number == 1 ? "" : "s")" : nil
    }
    return [count(errors, "error"), count(others, "warning")].compactMap(\.self).joined(separator: ", ")
  }

  private static func newForm(_ names: [String]) -> String {
    let options = names.map { "<option value=\"\(Markup.escape($0))\">\(Markup.escape($0))</option>" }.joined()
    return """
      <form id="create" class="card"\(names.isEmpty ? "" : " hidden")><div class="field"><label for="create-name">Name</label>\
      <input id="create-name" type="text" required maxlength="100" autocomplete="off" pattern="[A-Za-z0-9_\\-]+"\(names.isEmpty ? " value=\"first\"" : "")>\
      <span class="hint">Letters, digits, - and _; the file's name without .json.</span></div>\
      <div class="field"><label for="create-base">Begin with</label><select id="create-base">\
      <option value="">a small example</option>\(options)</select></div>\
      <button class="primary">Create</button> <button type="button" id="create-cancel">Cancel</button></form>
      """
  }

  static func one(
    _ file: WorkflowFiles.File, _ text: WorkflowFiles.Text, lint: JSONValue?, runs: [Runs.Run]
  ) -> Page {
    let e = Markup.escape
    let title = lint?["title"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? file.name
    var page = Page(title, section: .workflows, scripts: ["workflow.js"])
    page.body.raw("<h1 id=\"title\">\(e(title))</h1>")
    page.body.raw("<p class=\"muted\"><code>\(e(file.relative))</code></p>")
    page.body.raw(
      """
      <div id="graph" class="scroll graph-holder">\(lint?["graph"]?.stringValue ?? "")</div>
      <div class="bench"><section class="text-side" aria-label="Text">
      <div class="bar"><button id="save" type="button" class="primary" disabled>Save</button>\
      <button id="go" type="button">Run</button><span id="saved" class="muted"></span>\
      <button id="remove" type="button" class="small danger">Delete</button></div>
      <div id="editor" class="editor" data-name="\(e(file.name))" data-file="\(e(file.relative))">\
      <textarea id="text" spellcheck="false" autocomplete="off" autocapitalize="off" wrap="off" \
      aria-label="Text of the workflow" aria-describedby="keys">
      \(e(String(decoding: text.bytes, as: UTF8.self)))</textarea></div>
      <p id="keys" class="detail">Ctrl-Space completes, Ctrl-S saves, F8 goes to the next finding, Tab indents \
      (Escape, then Tab, leaves the text).</p>
      <h2 id="findings-title">Findings</h2><p id="status" role="status" class="status"></p>\
      <ol id="findings" class="findings" aria-labelledby="findings-title"></ol></section>
      <section id="node" class="node-side card" aria-labelledby="node-title"><h2 id="node-title">Node</h2>\
      <div id="node-body"><p class="muted">Choose a node of the graph: its form opens here, and what you change there is \
      written into the text.</p></div></section></div>
      <section id="running" aria-labelledby="running-title"><h2 id="running-title">Run</h2>
      <form id="run-form" class="bar"><label for="sets">Changes for this run</label>\
      <input id="sets" type="text" autocomplete="off" placeholder="classifier.epochs=3 seed=8" aria-describedby="sets-hint">\
      <button id="start" class="primary">Start run</button> <a href="/runs">All runs</a></form>
      <p id="sets-hint" class="detail">PATH=VALUE, as <code>timbre run --set</code> takes them, with spaces between; a value \
      with spaces in it stands in quotes. The text is saved first.</p>
      <p id="run-status" role="status" class="status"></p>
      <ul id="runs" class="run-list" aria-label="Runs of this workflow since the server began">\
      \(runs.map { "<li data-run=\"\(e($0.id))\" data-state=\"\($0.state.rawValue)\"></li>" }.joined())</ul>
      <div id="live" hidden></div></section>
      """)
    return page
  }
}
