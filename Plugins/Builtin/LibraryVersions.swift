import TimbreAudio
import TimbreCore
import TimbreDSP
import TimbreNN

extension Builtin {
  /// The C libraries that results depend on, for the record of a run.
  public static func libraryVersions() -> [(name: String, version: String)] {
    audioLibraryVersions() + [("fftw", fftwVersion()), ("openblas", openBLASConfiguration())]
  }
}
