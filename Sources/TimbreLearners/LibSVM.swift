import CLibSVM
import TimbreCore
import TimbreMachine

/// libsvm's solver for two classes (Chang and Lin, 2011), loaded when something first trains.
///
/// Without its own probabilities, which draw from C's `rand()`, it depends on its input alone and runs on any number of threads.
@safe struct LibSVM: Sendable {
  private typealias Train =
    @convention(c) (UnsafePointer<svm_problem>?, UnsafePointer<svm_parameter>?) -> UnsafeMutablePointer<svm_model>?
  private typealias Free = @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<svm_model>?>?) -> Void
  private typealias Print = @convention(c) (UnsafePointer<CChar>?) -> Void
  private typealias SetPrint = @convention(c) (Print?) -> Void

  private let train: Train
  private let free: Free
  let version: Int

  private static let loaded: Result<LibSVM, Diagnostic> = Result { () throws(Diagnostic) in try LibSVM() }

  /// - Throws: A diagnostic that says which package to install.
  static func library() throws -> LibSVM { try loaded.get() }

  private init() throws(Diagnostic) {
    let library = try SharedLibrary("libsvm.so.3", package: "libsvm3")
    unsafe train = try library.function("svm_train")
    unsafe free = try library.function("svm_free_and_destroy_model")
    version = library.number("libsvm_version") ?? 0
    let setPrint = unsafe try library.function("svm_set_print_string_function", as: SetPrint.self)
    unsafe setPrint { _ in }
  }

  typealias Rows = NodeRows<svm_node>

  /// Megabytes of kernel values that it keeps at most.
  private static let cache = 100.0

  /// Tells the rows `positive` from the rows `negative`, both not empty.
  ///
  /// - Parameters:
  ///   - c: The penalty of a positive and of a negative row beyond the margin.
  func machine(
    _ kernel: PairKernel, positive: [Int], negative: [Int], c: (Double, Double), tolerance: Double
  ) throws -> SupportVectorMachine {
    let order = positive + negative
    var labels = order.indices.map { $0 < positive.count ? 1.0 : -1.0 }
    var places = unsafe kernel.rows.pointers(to: order)
    var (names, weights): ([Int32], [Double]) = ([1, -1], [c.0, c.1])
    let machine: SupportVectorMachine? = unsafe labels.withUnsafeMutableBufferPointer { labels in
      unsafe places.withUnsafeMutableBufferPointer { places in
        unsafe names.withUnsafeMutableBufferPointer { names in
          unsafe weights.withUnsafeMutableBufferPointer { weights in
            var problem = unsafe svm_problem(l: Int32(order.count), y: labels.baseAddress, x: places.baseAddress)
            var parameter = unsafe svm_parameter()
            unsafe parameter.svm_type = Int32(C_SVC)
            unsafe parameter.kernel_type = Int32(kernel.isTable ? PRECOMPUTED : kernel.gamma == nil ? LINEAR : RBF)
            unsafe parameter.gamma = kernel.gamma ?? 0
            unsafe parameter.cache_size = Self.cache
            unsafe parameter.eps = tolerance
            unsafe parameter.C = 1
            unsafe parameter.nr_weight = 2
            unsafe parameter.weight_label = names.baseAddress
            unsafe parameter.weight = weights.baseAddress
            unsafe parameter.shrinking = 1
            var model = unsafe train(&problem, &parameter)
            defer { unsafe free(&model) }
            return unsafe model.flatMap { unsafe SupportVectorMachine($0.pointee, order) }
          }
        }
      }
    }
    guard let machine = withExtendedLifetime(kernel.rows, { machine }) else {
      throw Diagnostic(.training, "libsvm gave no model")
    }
    return machine
  }
}

/// Tells two classes apart: Σ coefficient · K(row, x) + intercept is above 0 for the first.
struct SupportVectorMachine: Sendable {
  /// Rows of the pair, or of the training set.
  var rows: [Int]
  var coefficients: [Double]
  var intercept: Double

  /// The same answer for every row.
  static func constant(_ value: Double) -> Self { Self(rows: [], coefficients: [], intercept: value) }
}

extension SupportVectorMachine {
  /// - Parameter order: Which row each of the problem's was.
  fileprivate init?(_ model: svm_model, _ order: [Int]) {
    guard unsafe model.nr_class == 2, let places = unsafe model.sv_indices, let all = unsafe model.sv_coef,
      let values = unsafe all[0], let rho = unsafe model.rho
    else { return nil }
    let count = unsafe Int(model.l)
    rows = unsafe UnsafeBufferPointer(start: places, count: count).map { order[Int($0) - 1] }
    coefficients = unsafe Array(UnsafeBufferPointer(start: values, count: count))
    intercept = unsafe -rho[0]
  }
}
