/// Numbers in memory aligned for SIMD, as FFTW's plans expect it. One owner, one thread at a time.
@safe package final class AlignedBuffer<Element: BitwiseCopyable> {
  let count: Int
  package let pointer: UnsafeMutablePointer<Element>

  /// Filled with `value`.
  package init(count: Int, filledWith value: Element) {
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64)
    unsafe pointer = unsafe bytes.bindMemory(to: Element.self, capacity: max(1, count))
    unsafe pointer.initialize(repeating: value, count: count)
  }

  deinit { unsafe UnsafeMutableRawPointer(pointer).deallocate() }
}
