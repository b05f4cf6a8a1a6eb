/// Numbers as bytes and back, in the order that NPY and safetensors use and every supported processor has.
package enum LittleEndian {
  package static func bytes<Number: BitwiseCopyable>(_ values: [Number]) -> [UInt8] {
    unsafe values.withUnsafeBytes { unsafe Array($0) }
  }

  /// As many floats as fit into the bytes.
  package static func floats(_ bytes: ArraySlice<UInt8>) -> [Float] {
    let count = bytes.count / 4
    return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe bytes.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[..<(count * 4)]))
      }
      initialized = count
    }
  }

  /// An unsigned number of up to eight bytes.
  package static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// The number of elements of a shape; nil when a size is negative or the product does not fit.
func elementCount(_ shape: [Int]) -> Int? {
  var count = 1
  for size in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    if size < 0 || overflow { return nil }
    count = product
  }
  return count
}
