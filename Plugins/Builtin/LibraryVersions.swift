import TimbreAudio
import TimbreClassifiers
import TimbreCore
import TimbreDSP
import TimbreLearners
import TimbreNN

extension Builtin {
  /// The C libraries that results depend on, for the record of a run.
  ///
  /// - Parameter classifiers: The ids of the classifiers that will be trained: the libraries they need are loaded, others are not.
  public static func libraryVersions(classifiers: Set<String> = []) -> [(name: String, version: String)] {
    var versions = audioLibraryVersions() + [("fftw", fftwVersion()), ("openblas", openBLASConfiguration())]
    if classifiers.contains(SVM.spec.id) { versions.append(("libsvm", libSVMVersion())) }
    if !classifiers.isDisjoint(with: [LinearSVM.spec.id, LogisticRegression.spec.id]) {
      versions.append(("liblinear", libLinearVersion()))
    }
    if classifiers.contains(GradientBoosting.spec.id) { versions.append(("xgboost", xgBoostVersion())) }
    return versions
  }
}
