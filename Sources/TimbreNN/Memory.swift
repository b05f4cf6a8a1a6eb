import CPrefetch
import Glibc

typealias Lanes8 = SIMD8<Float>
typealias Lanes16 = SIMD16<Float>

extension SIMD where Scalar == Float {
  /// self + a · b, in one rounding where the build has the instruction.
  @inline(__always)
  func adding(_ a: Self, times b: Float) -> Self {
    #if TIMBRE_FMA
      addingProduct(a, Self(repeating: b))
    #else
      self + a * b
    #endif
  }
}

/// Calls `body` for every sixteen of `count` neighbours, and once for what is left.
///
/// Inlined twice: in the loop the compiler knows that there are sixteen lanes, and loads and stores lose their branches, which took
/// four times as long as the arithmetic between them.
@inline(__always)
func forSixteens(of count: Int, _ body: (_ start: Int, _ lanes: Int) -> Void) {
  var start = 0
  while start + 16 <= count {
    body(start, 16)
    start += 16
  }
  if start < count { body(start, count - start) }
}

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

  /// The first `lanes` of eight values, the rest zero.
  @inline(__always)
  func load8(_ index: Int, lanes: Int = 8) -> Lanes8 {
    assert(index >= 0 && index + lanes <= count)
    if lanes == 8 { return unsafe UnsafeRawPointer(base + index).loadUnaligned(as: Lanes8.self) }
    var value = Lanes8.zero
    for lane in 0..<lanes { value[lane] = unsafe base[index + lane] }
    return value
  }

  /// Eight values that lie `step` apart.
  @inline(__always)
  func load8(_ index: Int, step: Int) -> Lanes8 {
    assert(index >= 0 && index + 7 * step < count)
    var value = Lanes8()
    for lane in 0..<8 { value[lane] = unsafe base[index &+ lane &* step] }
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

  /// The first `lanes` of sixteen values, the rest zero.
  @inline(__always)
  func load16(_ index: Int, lanes: Int = 16) -> Lanes16 {
    assert(index >= 0 && index + lanes <= count)
    if lanes == 16 { return unsafe UnsafeRawPointer(base + index).loadUnaligned(as: Lanes16.self) }
    var value = Lanes16.zero
    for lane in 0..<lanes { value[lane] = unsafe base[index + lane] }
    return value
  }

  @inline(__always)
  func store16(_ index: Int, _ value: Lanes16, lanes: Int = 16) {
    assert(index >= 0 && index + lanes <= count)
    if lanes == 16 {
      unsafe UnsafeMutableRawPointer(base + index).storeBytes(of: value, as: Lanes16.self)
    } else {
      for lane in 0..<lanes { unsafe base[index + lane] = value[lane] }
    }
  }

  /// Has the cache line of a number fetched into the second cache, without waiting for it.
  @inline(__always)
  func prefetch(_ index: Int) {
    assert(index >= 0 && index < count)
    unsafe prefetch_line(base + index)
  }

  /// The sum of the first number of every cache line.
  var sumOfLines: Float {
    var sum: Float = 0
    for index in stride(from: 0, to: count, by: 16) { sum += self[index] }
    return sum
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

/// Memory that is read next, fetched in steps between those of other work.
///
/// The processor foresees where a loop reads no further than the end of a page, and the last cache is shared with whatever else the
/// machine does: without this, products beside a program that fills it take a tenth longer.
struct Ahead {
  private let floats: Floats?
  private var place = 0
  private let step: Int

  init(_ floats: Floats?, steps: Int) {
    self.floats = floats
    step = ((floats?.count ?? 0) + 16 * steps - 1) / (16 * steps) * 16
  }

  @inline(__always)
  mutating func advance() {
    guard let floats else { return }
    let stop = Swift.min(place &+ step, floats.count)
    while place < stop {
      floats.prefetch(place)
      place &+= 16
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

  private func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    // Fresh pages are zero without being touched, and of a large network's memory a single prediction touches little.
    guard let block = unsafe calloc(1, bytes + 64) else { preconditionFailure("no memory for \(bytes) bytes") }
    unsafe blocks.append(block)
    return unsafe block.alignedUp(toMultipleOf: 64)
  }
}
