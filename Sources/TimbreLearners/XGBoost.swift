import CXGBoost
import TimbreCore
import TimbreMachine

/// XGBoost's C interface (Chen and Guestrin, 2016), loaded when something first trains.
@safe struct XGBoost: Sendable {
  typealias Handle = UnsafeMutableRawPointer
  typealias Text = UnsafePointer<CChar>

  let makeMatrix:
    @convention(c) (UnsafePointer<Float>?, bst_ulong, bst_ulong, Float, UnsafeMutablePointer<Handle?>?, Int32) -> Int32
  let setFloats: @convention(c) (Handle?, Text?, UnsafePointer<Float>?, bst_ulong) -> Int32
  let freeMatrix: @convention(c) (Handle?) -> Int32
  let make: @convention(c) (UnsafePointer<Handle?>?, bst_ulong, UnsafeMutablePointer<Handle?>?) -> Int32
  let set: @convention(c) (Handle?, Text?, Text?) -> Int32
  let update: @convention(c) (Handle?, Int32, Handle?) -> Int32
  let evaluate:
    @convention(c) (
      Handle?, Int32, UnsafeMutablePointer<Handle?>?, UnsafeMutablePointer<Text?>?, bst_ulong,
      UnsafeMutablePointer<Text?>?
    ) -> Int32
  let dump:
    @convention(c) (
      Handle?, Text?, Int32, UnsafeMutablePointer<bst_ulong>?,
      UnsafeMutablePointer<UnsafeMutablePointer<Text?>?>?
    ) -> Int32
  let predict:
    @convention(c) (
      Handle?, Handle?, Text?, UnsafeMutablePointer<UnsafePointer<bst_ulong>?>?, UnsafeMutablePointer<bst_ulong>?,
      UnsafeMutablePointer<UnsafePointer<Float>?>?
    ) -> Int32
  let free: @convention(c) (Handle?) -> Int32
  private let lastError: @convention(c) () -> Text?
  let version: String

  private static let loaded: Result<XGBoost, Diagnostic> = Result { () throws(Diagnostic) in try XGBoost() }

  /// - Throws: A diagnostic that says which package to install.
  static func library() throws -> XGBoost { try loaded.get() }

  private init() throws(Diagnostic) {
    typealias Version =
      @convention(c) (UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?) -> Void
    let library = try SharedLibrary("libxgboost.so.0", package: "libxgboost0")
    unsafe makeMatrix = try library.function("XGDMatrixCreateFromMat_omp")
    unsafe setFloats = try library.function("XGDMatrixSetFloatInfo")
    unsafe freeMatrix = try library.function("XGDMatrixFree")
    unsafe make = try library.function("XGBoosterCreate")
    unsafe set = try library.function("XGBoosterSetParam")
    unsafe update = try library.function("XGBoosterUpdateOneIter")
    unsafe evaluate = try library.function("XGBoosterEvalOneIter")
    unsafe dump = try library.function("XGBoosterDumpModel")
    unsafe predict = try library.function("XGBoosterPredictFromDMatrix")
    unsafe free = try library.function("XGBoosterFree")
    unsafe lastError = try library.function("XGBGetLastError")
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    let tell = unsafe try library.function("XGBoostVersion", as: Version.self)
    unsafe tell(&major, &minor, &patch)
    version = "\(major).\(minor).\(patch)"
  }

  /// - Parameter status: What a function of the library gave back.
  /// - Throws: A `.training` diagnostic with the first line of its reason.
  func check(_ status: Int32) throws {
    guard status != 0 else { return }
    let text = unsafe lastError().map { unsafe String(cString: $0) } ?? ""
    let line = text.split(separator: "\n").first.map(String.init) ?? "no reason given"
    throw Diagnostic(.training, "XGBoost: \(line)", help: "use less extreme parameters, or scale the inputs")
  }
}

/// Rows as XGBoost holds them.
@safe package final class BoosterRows {
  fileprivate let handle: XGBoost.Handle?
  fileprivate let name: String
  private let library: XGBoost

  package init(_ rows: Matrix, labels: [Int], weights: [Float], name: String) throws {
    library = try XGBoost.library()
    self.name = name
    var handle: XGBoost.Handle?
    // On one thread, as all of it: sums by several would depend on their number.
    try library.check(
      unsafe library.makeMatrix(rows.values, bst_ulong(rows.rows), bst_ulong(rows.columns), .nan, &handle, 1))
    unsafe self.handle = handle
    try library.check(
      unsafe library.setFloats(handle, "label", labels.map { Float($0) }, bst_ulong(labels.count)))
    try library.check(unsafe library.setFloats(handle, "weight", weights, bst_ulong(weights.count)))
  }

  deinit { _ = unsafe library.freeMatrix(handle) }
}

/// A booster under way.
@safe package final class Booster {
  private let handle: XGBoost.Handle?
  private let library: XGBoost
  private let rows: BoosterRows

  /// - Parameter parameters: XGBoost's, by its names.
  package init(_ rows: BoosterRows, parameters: [(name: String, value: String)]) throws {
    library = try XGBoost.library()
    self.rows = rows
    var handle: XGBoost.Handle?
    var given: XGBoost.Handle? = unsafe rows.handle
    try library.check(unsafe library.make(&given, 1, &handle))
    unsafe self.handle = handle
    for (name, value) in parameters { try library.check(unsafe library.set(handle, name, value)) }
  }

  deinit { _ = unsafe library.free(handle) }

  /// Adds the trees of round `round`, from 0.
  package func update(_ round: Int) throws {
    try library.check(unsafe library.update(handle, Int32(round), rows.handle))
  }

  /// The metrics after round `round` by the name of the rows and of the metric: `train-mlogloss`.
  func metrics(_ round: Int, on sets: [BoosterRows]) throws -> [String: Double] {
    var handles = unsafe sets.map { unsafe $0.handle }
    let names = sets.map { Array($0.name.utf8CString) }
    var text: XGBoost.Text?
    let status = unsafe withPointers(to: names) { names in
      unsafe library.evaluate(handle, Int32(round), &handles, names.baseAddress, bst_ulong(sets.count), &text)
    }
    try library.check(status)
    var metrics: [String: Double] = [:]
    // [3]	train-mlogloss:0.25	train-merror:0.1
    for entry in unsafe (text.map { unsafe String(cString: $0) } ?? "").split(separator: "\t").dropFirst() {
      guard let colon = entry.lastIndex(of: ":"), let value = Double(entry[entry.index(after: colon)...]) else {
        continue
      }
      metrics[String(entry[..<colon])] = value
    }
    return metrics
  }

  /// Every tree as XGBoost prints it, with as many digits as single precision needs.
  package func trees() throws -> [String] {
    var count: bst_ulong = 0
    var texts: UnsafeMutablePointer<XGBoost.Text?>?
    try library.check(unsafe library.dump(handle, "", 0, &count, &texts))
    return unsafe UnsafeBufferPointer(start: texts, count: Int(count)).map { text in
      unsafe text.map { unsafe String(cString: $0) } ?? ""
    }
  }

  /// XGBoost's own sums of leaves, rows × trees of a round.
  package func margins(_ rows: BoosterRows) throws -> [Float] {
    let options = #"{"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": true}"#
    var shape: UnsafePointer<bst_ulong>?
    var dimensions: bst_ulong = 0
    var values: UnsafePointer<Float>?
    try library.check(unsafe library.predict(handle, rows.handle, options, &shape, &dimensions, &values))
    let count = unsafe UnsafeBufferPointer(start: shape, count: Int(dimensions)).reduce(1) { $0 * Int($1) }
    return unsafe Array(UnsafeBufferPointer(start: values, count: count))
  }
}

/// Calls `body` with where each of the strings begins.
private func withPointers<Result>(
  to strings: [[CChar]], _ body: (UnsafeMutableBufferPointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  let all = Array(strings.joined())
  return unsafe all.withUnsafeBufferPointer { all in
    var (pointers, next): ([UnsafePointer<CChar>?], Int) = unsafe ([], 0)
    for string in strings {
      unsafe pointers.append(all.baseAddress.map { unsafe $0 + next })
      next += string.count
    }
    return unsafe pointers.withUnsafeMutableBufferPointer { unsafe body($0) }
  }
}
