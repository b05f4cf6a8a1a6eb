import CSamplerate
import CSndfile
import CSoxr

/// The versions of the libraries that decode and resample.
public func audioLibraryVersions() -> [(name: String, version: String)] {
  let pairs: [(String, UnsafePointer<CChar>?)] = unsafe [
    ("libsndfile", unsafe sf_version_string()), ("soxr", unsafe soxr_version()),
    ("libsamplerate", unsafe src_get_version()),
  ]
  return unsafe pairs.map { pair in (name: pair.0, version: unsafe pair.1.map { unsafe String(cString: $0) } ?? "unknown") }
}
