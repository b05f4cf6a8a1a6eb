import CLibLinear
import TimbreCore
import TimbreMachine

/// liblinear's solvers of the primal problem (Fan et al., 2008), loaded when something first trains.
///
/// These are its Newton methods: unlike the dual ones they draw nothing from C's `rand()`, so they depend on their input alone.
@safe struct LibLinear: Sendable {
  private typealias Train =
    @convention(c) (UnsafePointer<problem>?, UnsafePointer<parameter>?) -> UnsafeMutablePointer<model>?
  private typealias Free = @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<model>?>?) -> Void
  private typealias Print = @convention(c) (UnsafePointer<CChar>?) -> Void
  private typealias SetPrint = @convention(c) (Print?) -> Void

  private let train: Train
  private let free: Free
  let version: Int

  private static let loaded: Result<LibLinear, Diagnostic> = Result { () throws(Diagnostic) in try LibLinear() }

  /// - Throws: A diagnostic that says which package to install.
  static func library() throws -> LibLinear { try loaded.get() }

  private init() throws(Diagnostic) {
    let library = try SharedLibrary("liblinear.so.4", package: "liblinear4")
    unsafe train = try library.function("train")
    unsafe free = try library.function("free_and_destroy_model")
    version = library.number("liblinear_version") ?? 0
    let setPrint = unsafe try library.function("set_print_string_function", as: SetPrint.self)
    unsafe setPrint { _ in }
  }

  typealias Rows = NodeRows<feature_node>

  static func rows(_ matrix: Matrix, fitIntercept: Bool) -> Rows {
    Rows(matrix, constant: fitIntercept ? 1 : nil) { feature_node(index: $0, value: $1) }
  }

  /// Weights of the columns, and of the constant column if the rows have one, so that Σ weight · x is above 0 for positive rows.
  ///
  /// - Parameters:
  ///   - count: How many columns the rows have, the constant one counted.
  ///   - isPositive: One a row; both kinds occur.
  ///   - c: The penalty of a positive and of a negative row.
  func weights(
    _ rows: Rows, count: Int, isPositive: [Bool], loss: LinearLoss, c: (Double, Double), tolerance: Double
  ) throws -> [Double] {
    var labels = isPositive.map { $0 ? 1.0 : -1.0 }
    var places = unsafe rows.pointers(to: isPositive.indices)
    var (names, penalties): ([Int32], [Double]) = ([1, -1], [c.0, c.1])
    let weights: [Double]? = unsafe labels.withUnsafeMutableBufferPointer { labels in
      unsafe places.withUnsafeMutableBufferPointer { places in
        unsafe names.withUnsafeMutableBufferPointer { names in
          unsafe penalties.withUnsafeMutableBufferPointer { penalties in
            // To liblinear the constant column is one like the others, here too.
            var given = unsafe problem(
              l: Int32(isPositive.count), n: Int32(count), y: labels.baseAddress, x: places.baseAddress, bias: -1)
            var options = unsafe parameter()
            unsafe options.solver_type = Int32(loss == .logistic ? L2R_LR : L2R_L2LOSS_SVC)
            unsafe options.eps = tolerance
            unsafe options.C = 1
            unsafe options.nr_weight = 2
            unsafe options.weight_label = names.baseAddress
            unsafe options.weight = penalties.baseAddress
            var made = unsafe train(&given, &options)
            defer { unsafe free(&made) }
            guard let made = unsafe made?.pointee, let values = unsafe made.w, let first = unsafe made.label else {
              return nil
            }
            let sign = unsafe Double(first[0])
            return unsafe UnsafeBufferPointer(start: values, count: count).map { sign * $0 }
          }
        }
      }
    }
    guard let weights = withExtendedLifetime(rows, { weights }) else {
      throw Diagnostic(.training, "liblinear gave no model")
    }
    return weights
  }
}
