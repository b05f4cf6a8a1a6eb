import TimbreCache
import TimbreCore

/// How runs are carried out, whatever they are; none of it reaches a result.
public struct RunConditions: Sendable {
  /// Clips, folds or trials to work on at a time.
  public var jobs: Int
  public var observer: any RunObserver = SilentObserver()
  /// What the run is made with: versions, machine, command line.
  public var environment: JSONValue = [:]
  /// Whether what an earlier run has finished in the folder is taken as it is.
  public var resumes = false
  /// Where computed numbers are kept from run to run.
  public var cache: ResultCache?
  /// What is known of the recordings' files.
  public var files = FileFingerprints()
  public var isCancelled: @Sendable () -> Bool = { false }

  public init(jobs: Int) { self.jobs = max(1, jobs) }
}
