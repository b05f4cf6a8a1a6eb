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
/// A few megabytes stay. To return them and to touch them again costs a short run more than they are worth.
public func returnFreedMemory() {
  if mallinfo2().fordblks > 8 << 20 { _ = malloc_trim(0) }
}
