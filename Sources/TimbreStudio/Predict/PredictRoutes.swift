import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreReport

/// Asking a model.
struct PredictRoutes {
  let studio: Studio

  func add(to pages: some RouterMethods<Studio.Context>, api: some RouterMethods<Studio.Context>) {
    pages.get("/") { _, _ in studio.pages.html(predictPage()) }
    api.get("/models") { _, _ in Answer.json(.array(studio.models.all().map(\.json))) }
    api.post("/predict") { request, _ in try await predict(request) }
  }

  /// A form with one or more files `audio` and perhaps a `model`: what `timbre predict --json` answers.
  private func predict(_ request: Request) async throws -> Response {
    let start = ContinuousClock.now
    let withDetail = try request.flag("detail")
    let upload = try await Upload(request, root: studio.temporary, limits: studio.options.limits)
    let model = try studio.models.named(upload.fields["model"] ?? request.query("model"))
    var predictions: [JSONValue] = []
    for file in try upload.files("audio") {
      let arguments: JSONValue = [
        "path": .string(file.path), "name": .string(file.name), "model": .string(model.path),
        "detail": .bool(withDetail),
      ]
      do {
        let answer = try await studio.pool.performPatiently(.predict, arguments, isFirst: predictions.isEmpty)
        let isFailure = answer["error"] != nil
        predictions.append(isFailure ? studio.redaction.json(answer) : answer)
      } catch let refusal as Refusal where refusal.status == .unprocessableContent {
        // What a file does to its worker is the file's own failure; the others are answered.
        predictions.append(["file": .string(file.name), "error": .string(refusal.message)])
      }
    }
    studio.meter.count("predictions", by: predictions.count)
    var response = Answer.json(.array(predictions))
    if let name = HTTPField.Name("Server-Timing") {
      response.headers[name] = "work;dur=\((ContinuousClock.now - start) / .milliseconds(1))"
    }
    withExtendedLifetime(upload.folder) {}
    return response
  }

  private func predictPage() -> Page {
    var page = Page("Predict", section: .predict, scripts: ["predict.js"])
    let models = studio.models.all()
    guard !models.isEmpty else {
      page.body.element("h1", "Predict")
      page.body.element("p", "There is no model yet that could be asked about a recording.", class: "lead")
      page.body.raw(
        """
        <ol><li>Choose a workflow, or begin a new one: its small example makes its own voices, so that nothing has to be downloaded.</li>
        <li>Press Run. Training takes some seconds.</li>
        <li>Come back: what a finished run has trained is listed here.</li></ol>
        <p>A bundle that was trained elsewhere is named at the start: <code>timbre serve --model BUNDLE</code>.</p>
        <p><a class="button primary" href="/workflows">To the workflows</a></p>
        """)
      return page
    }
    page.body.element("h1", "Predict")
    page.body.raw(
      "<form id=\"ask\" class=\"bar\"><label for=\"model\">Model</label><select id=\"model\" name=\"model\">")
    for model in models {
      let load = model.load.description
      page.body.raw(
        "<option value=\"\(Markup.escape(model.name))\" data-load=\"\(Markup.escape(load))\">"
          + "\(Markup.escape(model.name)) – \(Markup.escape(model.title))</option>")
    }
    page.body.raw(
      """
      </select></form>
      <div id="drop" class="drop">
        <p><input id="files" class="hidden" type="file" multiple accept="audio/*,.wav,.flac,.ogg,.mp3,.aiff,.aif">
        <label class="button primary" for="files">Choose audio</label>
        or drop files here</p>
        <p class="muted">WAV, FLAC, OGG, MP3 or AIFF; at most \(studio.options.limits.fileBytes >> 20) MiB and \
      \(Int(studio.options.limits.audioSeconds)) s each. Nothing leaves this server; files are removed once they are answered.</p>
        <p><button id="record" type="button">Live from the microphone</button></p>
      </div>
      <p id="status" role="status" class="status"></p>
      <section id="live" hidden aria-label="Live prediction">
        <h2>Live</h2>
        <p class="latency"><span class="muted">Latency</span> <output id="latency" aria-live="off">–</output></p>
        <p><progress id="heard" max="1" value="0" aria-label="Heard so far" hidden></progress></p>
        <div id="bars" class="bars"></div>
        <p class="detail">Every half second the last <span id="window"></span> s are predicted. The latency is the time from the last \
      sample of that window to its bars on the screen; the median is of the last 20.</p>
      </section>
      <section id="results" aria-label="Results"></section>
      """)
    return page
  }
}
