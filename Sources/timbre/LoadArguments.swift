import ArgumentParser
import TimbreAudio
import TimbreCore
import TimbreWorkflow

/// The options of commands that say which part of a recording to load, and at which rate.
struct LoadArguments: ParsableArguments {
  @Option(help: "Hz, or \"native\" for the file's own rate.", completion: .list(["native"])) var sampleRate: String?
  @Option(help: "Seconds to skip at the beginning.") var offset: Double?
  @Option(help: "Seconds to read at most.") var duration: Double?
  @Option(help: "Resampler, such as soxr_hq or sinc_best.", completion: .resampler) var resType: String?

  var isEmpty: Bool { sampleRate == nil && offset == nil && duration == nil && resType == nil }

  /// - Throws: A `RequestError` with everything that is wrong.
  func options() throws -> LoadOptions {
    var members: [JSONValue.Member] = []
    if let sampleRate {
      members.append(
        .init("sample_rate", sampleRate == "native" ? .null : Int(sampleRate).map { .int($0) } ?? .string(sampleRate)))
    }
    if let offset { members.append(.init("offset", .number(offset))) }
    if let duration { members.append(.init("duration", .number(duration))) }
    if let resType { members.append(.init("res_type", .string(resType))) }
    return try record(members)
  }
}

/// Options of the command line as a record, checked against its ranges.
func record<Record: RecordValue>(_ members: [JSONValue.Member]) throws -> Record {
  let findings = Record.parameterType.findings(in: .object(members))
  guard findings.isEmpty, let record = Record(json: .object(members)) else {
    throw RequestError(findings.map(\.diagnostic))
  }
  return record
}
