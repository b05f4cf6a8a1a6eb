import Glibc

typealias Lanes4 = SIMD4<Float>
typealias Lanes8 = SIMD8<Float>

/// A stretch of an arena's memory. It does not keep the arena alive: whoever works on it holds the arena too.
///
/// Indices are checked in debug builds only; this type and `BLAS.swift` are where the module handles raw memory.
@safe
struct Floats {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  @inline(__always)
  subscript(index: Int) -> Float {
    get {
      assert(index >= 0 && index < count)
      return unsafe base[index]
    }
    nonmutating set {
      assert(index >= 0 && index < count)
      unsafe base[index] = newValue
    }
  }

  @inline(__always)
  func from(_ offset: Int, _ count: Int) -> Floats {
    assert(offset >= 0 && count >= 0 && offset + count <= self.count)
    return unsafe Floats(base: base + offset, count: count)
  }

  @inline(__always)
  func from(_ offset: Int) -> Floats { from(offset, count - offset) }

  @inline(__always)
  func load4(_ index: Int) -> Lanes4 {
    assert(index >= 0 && index + 4 <= count)
    return unsafe UnsafeRawPointer(base + index).loadUnaligned(as: Lanes4.self)
  }

  @inline(__always)
  func store4(_ index: Int, _ value: Lanes4) {
    assert(index >= 0 && index + 4 <= count)
    unsafe UnsafeMutableRawPointer(base + index).storeBytes(of: value, as: Lanes4.self)
  }

  /// The first `lanes` of eight values, the rest zero.
  @inline(__always)
  func load8(_ index: Int, lanes: Int = 8) -> Lanes8 {
    assert(index >= 0 && index + lanes <= count)
    if lanes == 8 { return unsafe UnsafeRawPointer(base + index).loadUnaligned(as: Lanes8.self) }
    var value = Lanes8.zero
    for lane in 0..<lanes { value[lane] = unsafe base[index + lane] }
    return value
  }

  @inline(__always)
  func store8(_ index: Int, _ value: Lanes8, lanes: Int = 8) {
    assert(index >= 0 && index + lanes <= count)
    if lanes == 8 {
      unsafe UnsafeMutableRawPointer(base + index).storeBytes(of: value, as: Lanes8.self)
    } else {
      for lane in 0..<lanes { unsafe base[index + lane] = value[lane] }
    }
  }

  func fill(_ value: Float) { unsafe base.update(repeating: value, count: count) }

  func copy(_ other: Floats) {
    assert(other.count == count)
    unsafe base.update(from: other.base, count: count)
  }

  func copy(_ values: some Collection<Float>) {
    precondition(values.count == count)
    var index = 0
    for value in values {
      unsafe base[index] = value
      index += 1
    }
  }

  var array: [Float] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }
}

/// A stretch of bytes: where in its window a pool found its maximum.
@safe
struct Bytes {
  let base: UnsafeMutablePointer<UInt8>
  let count: Int

  @inline(__always)
  subscript(index: Int) -> UInt8 {
    assert(index >= 0 && index < count)
    return unsafe base[index]
  }

  @inline(__always)
  func store8(_ index: Int, _ value: SIMD8<UInt8>, lanes: Int) {
    assert(index >= 0 && index + lanes <= count)
    if lanes == 8 {
      unsafe UnsafeMutableRawPointer(base + index).storeBytes(of: value, as: SIMD8<UInt8>.self)
    } else {
      for lane in 0..<lanes { unsafe base[index + lane] = value[lane] }
    }
  }
}

/// Owner of the memory of a network: allocated while the network is set up, freed with it, never moved.
@safe
final class Arena {
  private var blocks: [UnsafeMutableRawPointer] = unsafe []

  deinit {
    while let block = unsafe blocks.popLast() { unsafe free(block) }
  }

  /// Zeroed, on a cache line.
  func floats(_ count: Int) -> Floats {
    let block = unsafe allocate(count * MemoryLayout<Float>.stride)
    return unsafe Floats(base: block.bindMemory(to: Float.self, capacity: count), count: count)
  }

  func bytes(_ count: Int) -> Bytes {
    let block = unsafe allocate(count)
    return unsafe Bytes(base: block.bindMemory(to: UInt8.self, capacity: count), count: count)
  }

  private func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    // Fresh pages are zero without being touched, and of a large network's memory a single prediction touches little.
    guard let block = unsafe calloc(1, bytes + 64) else { preconditionFailure("no memory for \(bytes) bytes") }
    unsafe blocks.append(block)
    return unsafe block.alignedUp(toMultipleOf: 64)
  }
}
