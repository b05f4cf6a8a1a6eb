import CMalloc

/// Lets the process keep freed memory instead of handing it back to the system.
///
/// By default glibc gives blocks beyond some hundred kilobytes back as they are freed, and the next clip's matrices pay again for each
/// page they touch: half the time of a spectrogram. Blocks above 32 MiB are still returned at once, and no more than 128 MiB are
/// kept at the end of a heap. See mallopt(3).
public func keepFreedMemory() {
  _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
  _ = mallopt(M_TRIM_THRESHOLD, 128 << 20)
}

/// Gives back what is kept: where work of one kind ends, what follows has no use for its blocks.
///
/// It takes milliseconds, and more until the pages are touched again, so it is for large work alone.
/// - Parameter limit: Bytes of heaps that are left as they are.
public func returnFreedMemory(beyond limit: Int = 0) {
  if mallinfo2().arena > limit { _ = malloc_trim(0) }
}
