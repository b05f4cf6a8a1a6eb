import Glibc

/// How many files and connections this process may hold at a time.
enum OpenFiles {
  private static let most: UInt = 16_384

  /// So many connections are taken at a time that each can have a file to itself, and workers and logs have theirs; others wait.
  /// The system's first word, often 1,024, is raised as far as it lets.
  static let connections: Int = {
    var limits = rlimit()
    guard unsafe getrlimit(Int32(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return 256 }
    let wish = min(limits.rlim_max, most)
    if limits.rlim_cur < wish {
      var raised = rlimit(rlim_cur: wish, rlim_max: limits.rlim_max)
      if unsafe setrlimit(Int32(RLIMIT_NOFILE.rawValue), &raised) == 0 { limits = raised }
    }
    let files = Int(min(limits.rlim_cur, most))
    return max(8, (files - min(files / 2, 128)) / 2)
  }()
}
