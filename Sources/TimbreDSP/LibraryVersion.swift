import CFFTW
import Glibc

/// The version and instruction sets of FFTW, as it says them.
public func fftwVersion() -> String {
  // The header declares an array of unknown length, which Swift does not import.
  guard let symbol = unsafe dlsym(nil, "fftwf_version") else { return "unknown" }
  return unsafe String(cString: symbol.assumingMemoryBound(to: CChar.self))
}
