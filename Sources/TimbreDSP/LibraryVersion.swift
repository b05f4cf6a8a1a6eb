import CFFTW
import Glibc
import Synchronization

/// The version and instruction sets of FFTW, as it says them, and which of its plans are used: with others the last bits are others.
public func fftwVersion() -> String {
  // The header declares an array of unknown length, which Swift does not import.
  guard let symbol = unsafe dlsym(nil, "fftwf_version") else { return "unknown" }
  let version = unsafe String(cString: symbol.assumingMemoryBound(to: CChar.self))
  return version + ", plans " + planner.withLock { $0 }
}
