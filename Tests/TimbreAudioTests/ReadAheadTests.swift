import Glibc
import Testing
import TimbreAudio
import TimbreCore
import TimbreTesting

@Suite struct ReadAheadTests {
  /// Pages of a file that are in memory, and all that it has.
  private static func pages(of path: String, droppingFirst drop: Bool = false) throws -> (inMemory: Int, all: Int) {
    let descriptor = unsafe open(path, O_RDONLY)
    defer { close(descriptor) }
    if drop {
      try #require(fsync(descriptor) == 0)
      _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    var states = [UInt8](repeating: 0, count: (size + 4095) / 4096)
    guard let map = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), unsafe map != MAP_FAILED else {
      return (0, states.count)
    }
    defer { unsafe munmap(map, size) }
    try #require(unsafe mincore(map, size, &states) == 0)
    return (states.count { $0 & 1 == 1 }, states.count)
  }

  /// Most of it: the system may leave out a few pages. A file system in memory does not let go of it in the first place.
  @Test func bringsAFileIntoMemory() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.wav", [UInt8](repeating: 7, count: 1 << 20))
    _ = try Self.pages(of: path, droppingFirst: true)
    ReadAhead().expect(.file(path))
    var seen = try Self.pages(of: path)
    for _ in 0..<500 where seen.inMemory <= seen.all / 2 {
      try await Task.sleep(for: .milliseconds(10))
      seen = try Self.pages(of: path)
    }
    #expect(seen.inMemory > seen.all / 2)
  }

  /// What is amiss with a source is told by those who read it.
  @Test func passesOverWhatIsNoFile() throws {
    let folder = try TemporaryFolder()
    let reading = ReadAhead()
    for source in [
      AudioSource.file(folder.path + "/missing.wav"), .file(folder.path), .file(""),
      .generated {
        Issue.record("made ahead of time")
        return Signal(samples: [], sampleRate: 8000)
      },
    ] {
      reading.expect(source)
    }
  }
}
