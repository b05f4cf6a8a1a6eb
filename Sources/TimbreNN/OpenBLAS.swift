import COpenBLAS
import Dispatch
import TimbreCore
import TimbreMachine

/// OpenBLAS, loaded when a network first needs it.
///
/// Loaded with the program it would start a thread for each core, which wait for work in a loop that takes as much processor time as a
/// whole prediction, and its symbols would be looked up through all other libraries. Nothing here gives it threads: slices of a
/// batch are what runs side by side.
@safe package struct OpenBLAS: Sendable {
  /// `cblas_sgemm`.
  typealias Multiply =
    @convention(c) (
      CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, Int32, Int32, Int32, Float, UnsafePointer<Float>?, Int32,
      UnsafePointer<Float>?, Int32, Float, UnsafeMutablePointer<Float>?, Int32
    ) -> Void
  private typealias SetThreads = @convention(c) (Int32) -> Void
  private typealias Text = @convention(c) () -> UnsafeMutablePointer<CChar>?

  let multiply: Multiply
  private let setThreads: SetThreads
  /// Version, settings and kernels, which decide the last bits of a product.
  package let configuration: String

  private static let loaded: Result<OpenBLAS, Diagnostic> = Result { () throws(Diagnostic) in try OpenBLAS() }

  /// - Throws: A diagnostic that says which package to install.
  package static func library() throws -> OpenBLAS { try loaded.get() }

  /// Loads it on another thread, for who will need it soon.
  static func preload() { DispatchQueue.global().async { _ = loaded } }

  private init() throws(Diagnostic) {
    // It has 14,000 symbols.
    let library = try SharedLibrary("libopenblas.so.0", package: "libopenblas0-pthread", prefersItself: true)
    unsafe multiply = try library.function("cblas_sgemm")
    setThreads = try library.function("openblas_set_num_threads")
    func text(_ symbol: String) -> String? {
      guard let function = unsafe try? library.function(symbol, as: Text.self) else { return nil }
      return unsafe function().map { unsafe String(cString: $0) }
    }
    configuration = [text("openblas_get_config"), text("openblas_get_corename")].compactMap { $0 }
      .joined(separator: "; ")
    setThreads(1)
  }

  /// c = a · b of two square matrices by so many threads of its own, which only a benchmark of the machine wants.
  package func multiply(_ a: [Float], _ b: [Float], into c: inout [Float], size: Int, threads: Int) {
    setThreads(Int32(threads))
    defer { setThreads(1) }
    let n = Int32(size)
    unsafe multiply(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, &c, n)
  }
}

/// Version, settings and kernels of OpenBLAS for the record of a run.
public func openBLASConfiguration() -> String { (try? OpenBLAS.library().configuration) ?? "missing" }
