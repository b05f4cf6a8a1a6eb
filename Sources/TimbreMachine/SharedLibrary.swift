import Glibc
import TimbreCore

/// A C library that is loaded when something needs it rather than with the program, and stays.
///
/// A program that loads it at its start pays for it with every command. Its headers are imported for their types alone; the types of
/// its functions are written out by who calls them.
@safe public struct SharedLibrary: Sendable {
  private let name: String
  private let package: String
  private nonisolated(unsafe) let handle: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - name: The name that programs link against, with its version: `libsvm.so.3`.
  ///   - package: The Debian package that has it.
  ///   - prefersItself: Whether it finds its own symbols before those of others: worth it for thousands of them.
  /// - Throws: A `.missingLibrary` diagnostic that says which package to install.
  public init(_ name: String, package: String, prefersItself: Bool = false) throws(Diagnostic) {
    self.name = name
    self.package = package
    // OpenBLAS, which others bring along, asks once as it is loaded. Its threads wait for work in a loop.
    unsafe setenv("OPENBLAS_NUM_THREADS", "1", 1)
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL | (prefersItself ? RTLD_DEEPBIND : 0)) else {
      let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "for no reason given"
      throw Diagnostic(
        .missingLibrary, "\(name) cannot be loaded: \(reason)", help: "install it: apt-get install \(package)")
    }
    unsafe self.handle = handle
  }

  /// A function by its name in C.
  ///
  /// - Parameter type: Its type, which nothing checks: `@convention(c) (Int32) -> Void`.
  /// - Throws: A `.missingLibrary` diagnostic where the library has no such function.
  public func function<Function>(_ symbol: String, as type: Function.Type = Function.self) throws(Diagnostic)
    -> Function
  {
    guard let address = unsafe dlsym(handle, symbol) else {
      throw Diagnostic(
        .missingLibrary, "\(name) has no \(symbol)", help: "another version is installed; reinstall \(package)")
    }
    return unsafe unsafeBitCast(address, to: type)
  }

  /// A global whole number, such as a version; nil where the library has none of that name.
  public func number(_ symbol: String) -> Int? {
    guard let address = unsafe dlsym(handle, symbol) else { return nil }
    return unsafe Int(address.load(as: Int32.self))
  }
}

extension Diagnostic.Kind {
  static let missingLibrary = Self("missing_library")
}
