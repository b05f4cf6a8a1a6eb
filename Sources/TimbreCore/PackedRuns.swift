/// Short runs of elements, one for each of so many places, in a few large blocks of memory.
///
/// A corpus has a text or a fingerprint for every clip. Arrays of their own would take half as much again for headers, and one array of
/// all would be copied each time it outgrows its memory. Inlinable: read a word at a time elsewhere, which costs ten times as much where
/// the element's type is asked for at each.
public struct PackedRuns<Element: BitwiseCopyable & Sendable>: Sendable {
  /// Elements of a block, unless one run is longer.
  @inlinable
  static var blockSize: Int { 1 << 17 }
  /// Elements of the longest run; longer ones are cut.
  @inlinable
  public static var longest: Int { 1 << 24 - 1 }

  @usableFromInline
  var blocks: [[Element]] = []
  /// The block in the highest 20 bits, then 20 for where in it a run begins, then 24 for its length.
  @usableFromInline
  var places: [UInt64]

  @inlinable
  public init(count: Int) { places = [UInt64](repeating: 0, count: count) }

  /// How many places there are.
  @inlinable
  public var count: Int { places.count }

  /// The run of a place; empty where none was set. Setting one again leaves the memory of the first in use.
  @inlinable
  public subscript(index: Int) -> ArraySlice<Element> {
    get {
      let (block, range) = unpackedPlace(places[index])
      return range.isEmpty ? [] : blocks[block][range]
    }
    set {
      let run = newValue.prefix(Self.longest)
      if blocks.last.map({ $0.count + run.count > Self.blockSize }) ?? true {
        blocks.append([])
        blocks[blocks.count - 1].reserveCapacity(max(Self.blockSize, run.count))
      }
      let block = blocks.count - 1
      places[index] = UInt64(block) << 44 | UInt64(blocks[block].count) << 24 | UInt64(run.count)
      blocks[block].append(contentsOf: run)
    }
  }

  /// Hands out the runs' memory, to be read on several threads: making a slice counts a reference, and threads that count the same one
  /// wait for each other.
  @inlinable
  public func withRuns<Result>(_ body: (RunsInPlace<Element>) -> Result) -> Result {
    // A block stays where it is as long as its closure runs.
    func hold(_ held: [UnsafeBufferPointer<Element>]) -> Result {
      if unsafe held.count == blocks.count { return body(unsafe RunsInPlace(blocks: held, places: places)) }
      return unsafe blocks[held.count].withUnsafeBufferPointer { unsafe hold(held + [$0]) }
    }
    return unsafe hold([])
  }
}

/// The block of a run and where in it the run lies.
@inlinable
func unpackedPlace(_ place: UInt64) -> (block: Int, range: Range<Int>) {
  let (start, length) = (Int(place >> 24 & 0xF_FFFF), Int(place & 0xFF_FFFF))
  return (Int(place >> 44), start..<start + length)
}

/// The memory that `PackedRuns.withRuns` hands out.
@safe
public struct RunsInPlace<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  @usableFromInline
  let blocks: [UnsafeBufferPointer<Element>]
  @usableFromInline
  let places: [UInt64]

  @inlinable
  init(blocks: [UnsafeBufferPointer<Element>], places: [UInt64]) {
    unsafe self.blocks = blocks
    self.places = places
  }

  @inlinable
  public var count: Int { places.count }

  /// The run of a place, which holds as long as the closure it was handed out in.
  @inlinable
  public subscript(index: Int) -> UnsafeBufferPointer<Element> {
    let (block, range) = unpackedPlace(places[index])
    if range.isEmpty { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
    return unsafe UnsafeBufferPointer(rebasing: blocks[block][range])
  }
}
