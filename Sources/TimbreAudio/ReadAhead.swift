import Dispatch
import TimbreCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Asks the system for recordings that are read soon, so that what computes does not wait for the disk.
///
/// No more than a hint: nothing depends on it, and what is amiss with a file shows when it is read.
public struct ReadAhead: Sendable {
  /// Bytes that are asked for of one file.
  private static let most = 1 << 22
  /// Opening a file may wait for the disk too, so it is done on a thread of its own.
  private let queue = DispatchQueue(label: "timbre.read-ahead")

  public init() {}

  /// Asks for a recording that is a file of its own. Parts of a long one lie beside each other, which the system notices by itself.
  public func expect(_ source: AudioSource) {
    guard case .file(let path, nil, nil) = source else { return }
    queue.async {
      guard let descriptor = try? openForReading(path) else { return }
      #if !canImport(Darwin)
        _ = posix_fadvise(descriptor, 0, off_t(Self.most), POSIX_FADV_WILLNEED)
      #endif
      close(descriptor)
    }
  }
}
