import COpenBLAS

/// The version and the kernels of OpenBLAS, which decide the last bits of a product.
public func openBLASConfiguration() -> String {
  guard let text = unsafe openblas_get_config(), let core = unsafe openblas_get_corename() else { return "unknown" }
  return unsafe "\(String(cString: text)); \(String(cString: core))"
}
