import TimbreAudio
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// The list of plugins, and the page of one: its reference, and a panel to try it.
enum PluginPages {
  static func list(_ registry: Registry) -> Page {
    var page = Page("Plugins", section: .plugins, scripts: ["plugins.js"])
    let all = registry.descriptions
    page.body.element("h1", "Plugins")
    page.body.element(
      "p", "What a workflow is made of. Features and augmenters can be tried on a sound.", class: "lead")
    page.body.raw(
      """
      <form id="search-form" class="bar" role="search" hidden><label for="search">Search</label>\
      <input id="search" type="search" autocomplete="off" placeholder="mfcc, pitch, noise …"></form>
      <p id="status" role="status" class="status"></p>
      """)
    for kind in [PluginKind.feature, .augment, .classifier, .dataset] {
      let plugins = all.filter { $0.kind == kind }
      guard !plugins.isEmpty else { continue }
      page.body.raw("<section data-kind=\"\(kind.rawValue)\" aria-labelledby=\"kind-\(kind.rawValue)\">")
      page.body.raw(
        "<h2 id=\"kind-\(kind.rawValue)\">\(Reference.heading(kind)) <span class=\"muted\">\(plugins.count)</span></h2>"
      )
      page.body.raw("<ul class=\"plugins\">")
      for plugin in plugins { page.body.raw(entry(plugin)) }
      page.body.raw("</ul></section>")
    }
    return page
  }

  private static func entry(_ plugin: PluginDescription) -> String {
    let e = Markup.escape
    let names = plugin.parameters.map(\.name).joined(separator: " ")
    let words = "\(plugin.id) \(plugin.summary) \(plugin.reference ?? "") \(names)".lowercased()
    return """
      <li data-words="\(e(words))"><a href="/plugins/\(Paths.encoded(plugin.id))">\(e(plugin.name))</a>\
      <span>\(prose(plugin.summary))</span></li>
      """
  }

  static func one(_ plugin: PluginDescription, _ registry: Registry) -> Page {
    let e = Markup.escape
    let reference = ReferencePages(registry, signal: Signal(samples: [], sampleRate: 22_050))
    let reason = TryRoute.reasonNotToTry(plugin)
    var page = Page(plugin.id, section: .plugins, scripts: reason == nil ? ["plugin.js"] : ["plugins.js"])
    page.body.raw(
      "<p class=\"way\"><a href=\"/plugins\">Plugins</a> › \(plugin.kind.map(Reference.heading) ?? "")</p>")
    page.body.raw("<h1>\(e(plugin.id))</h1><p class=\"lead\">\(prose(plugin.summary))</p>")
    page.body.raw(
      "<p class=\"facts\">\(plugin.reference.map { "After <code>\(e($0))</code> · " } ?? "")version \(plugin.version)</p>"
    )
    if let reason {
      page.body.element("p", "There is nothing to try here: \(reason).", class: "muted")
    } else {
      page.body.raw(panel(plugin, registry, reference))
    }
    page.body.element("h2", "Use")
    if let command = reference.command(of: plugin) {
      page.body.raw(copied("command", "On the command line", command))
    }
    page.body.raw(copied("snippet", "In a workflow", reference.node(of: plugin)))
    if plugin.formula != nil || plugin.details != nil { page.body.element("h2", "What it computes") }
    if let formula = plugin.formula { page.body.raw("<pre class=\"formula\" tabindex=\"0\">\(e(formula))</pre>") }
    for part in (plugin.details ?? "").split(separator: "\n\n") { page.body.raw("<p>\(prose(String(part)))</p>") }
    if let rows = try? reference.axes(of: plugin) {
      page.body.element("h2", "Output")
      page.body.raw("<div class=\"scroll\"><table aria-label=\"Output of the example at 22,050 Hz\"><tbody>")
      for row in rows { page.body.raw("<tr><th scope=\"row\">\(e(row.name))</th><td>\(prose(row.value))</td></tr>") }
      page.body.raw("</tbody></table></div><p class=\"detail\">Of the example, at 22,050 Hz.</p>")
    }
    parameters(plugin, &page)
    return page
  }

  private static func parameters(_ plugin: PluginDescription, _ page: inout Page) {
    page.body.element("h2", "Parameters")
    guard !plugin.parameters.isEmpty else { return page.body.element("p", "It has none.") }
    var tables = HTML()
    tables.table(
      [.text("parameter"), .text("default"), .text("unit"), .text("what it is"), .text("takes")],
      plugin.parameters.map { parameter in
        [
          .name(parameter.name), .code(parameter.defaultValue.map(Reference.brief) ?? "required"),
          .text(parameter.unit?.rawValue ?? ""), .long(parameter.summary), .text(parameter.type.phrase),
        ]
      }, label: "Parameters")
    for parameter in plugin.parameters {
      let variants = Reference.variants(in: parameter.type)
      if variants.isEmpty { continue }
      tables.element("h3", parameter.name)
      tables.table(
        [.text("type"), .text("parameters"), .text("what it is")],
        variants.map { variant in
          let names = variant.parameters.map { "\($0.name) = \($0.defaultValue.map(Reference.brief) ?? "required")" }
          return [.name(variant.name), .long(names.joined(separator: ", ")), .long(variant.summary)]
        }, label: "Kinds of \(parameter.name)")
    }
    // What scrolls sideways on a phone is within reach of the keyboard.
    page.body.raw(tables.text.replacing("<div class=\"scroll\">", with: "<div class=\"scroll\" tabindex=\"0\">"))
  }

  private static func panel(_ plugin: PluginDescription, _ registry: Registry, _ reference: ReferencePages) -> String {
    let e = Markup.escape
    let isAugmenter = plugin.kind == .augment
    let changesFeatures = registry.featureAugmenters.contains(plugin.id)
    var load = LoadOptions.parameters.map(\.description).filter { $0.name != "res_type" }
    if isAugmenter { load[0].defaultValue = .null }
    let samples = TrySample.allCases.map { "<option value=\"\($0.rawValue)\">\(e($0.title))</option>" }.joined()
    var source = ""
    if changesFeatures || registry.transforms.contains(plugin.id) {
      let chosen = changesFeatures ? "feature.melspectrogram" : reference.sourceID(of: plugin)
      let options = registry.features.keys.sorted().filter { id in
        !registry.transforms.contains(id) && registry.description(of: id).flatMap(TryRoute.reasonNotToTry) == nil
      }.map { "<option\($0 == chosen ? " selected" : "")>\(e($0))</option>" }.joined()
      source = """
        <div class="bar"><label for="of">\(changesFeatures ? "Feature that it changes" : "Feature that it reads")</label>\
        <select id="of">\(options)</select></div><details class="more"><summary>Parameters of that feature</summary>\
        <div id="of-parameters"></div></details>
        """
    }
    let seed =
      isAugmenter
      ? "<div class=\"bar\"><label for=\"seed\">Seed</label><input id=\"seed\" type=\"number\" min=\"0\" step=\"1\" value=\"0\">"
        + "<button id=\"again\" type=\"button\" class=\"small\">Draw anew</button></div>"
        + "<p><label><input id=\"at-once\" type=\"checkbox\"> Play what comes of each change at once</label></p>" : ""
    return """
      <section id="try" aria-labelledby="try-title" data-plugin="\(e(plugin.id))" data-kind="\(plugin.kind?.rawValue ?? "")" \
      data-changes-features="\(changesFeatures)" data-longest="\(Int(Trial.longest))" data-load="\(e(Reference.json(load).description))">
      <h2 id="try-title">Try it</h2><noscript><p>The panel needs JavaScript; the reference below does not.</p></noscript>
      <div class="try-bench"><form id="try-form" hidden><div class="bar"><label for="sample">Sound</label><select id="sample">\(samples)\
      <option value="" id="own" disabled hidden></option></select>\
      <span><input id="file" class="hidden" type="file" accept="audio/*,.wav,.flac,.ogg,.mp3,.aiff,.aif">\
      <label class="button" for="file">Choose a file</label></span>\
      <button id="record" type="button" aria-pressed="false">Record</button></div>\(source)
      <div class="card settings"><div id="parameters"></div></div>\(seed)
      <details class="more"><summary>How the sound is loaded</summary><div id="load"></div></details></form>
      <div class="outcome"><p id="status" role="status" class="status"></p>
      <div id="result" aria-busy="false"></div></div></div></section>
      """
  }

  private static func copied(_ id: String, _ title: String, _ text: String) -> String {
    """
    <div class="tools"><h3>\(title)</h3><button type="button" class="small" data-copy="\(id)" hidden>Copy</button></div>
    <pre id="\(id)" tabindex="0">\(Markup.escape(text))</pre>
    """
  }

  /// Text whose names stand in backticks.
  static func prose(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).map { Markup.escape(String($0)) }
    guard parts.count > 1, !parts.count.isMultiple(of: 2) else { return Markup.escape(text) }
    return parts.enumerated().map { $0.offset.isMultiple(of: 2) ? $0.element : "<code>\($0.element)</code>" }.joined()
  }
}
