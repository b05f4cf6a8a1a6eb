@unsafe @preconcurrency import CFLAC
import CSamplerate
import CSndfile
import CSoxr

/// The versions of the libraries that decode and resample.
public func audioLibraryVersions() -> [(name: String, version: String)] {
  func text(_ version: UnsafePointer<CChar>?) -> String {
    unsafe version.map { unsafe String(cString: $0) } ?? "unknown"
  }
  return [
    ("libsndfile", unsafe text(sf_version_string())), ("libFLAC", unsafe text(FLAC__VERSION_STRING)),
    ("soxr", unsafe text(soxr_version())), ("libsamplerate", unsafe text(src_get_version())),
  ]
}
