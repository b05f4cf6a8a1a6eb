/// The header `Range` (RFC 9110, 14): one range of bytes; several, or none that can be understood, ask for the whole.
enum ByteRange: Equatable {
  case whole
  case part(Range<Int>)
  /// Nothing of it is there.
  case none

  init(_ header: String?, size: Int) {
    self = .whole
    guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return }
    let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return }
    switch (Int(ends[0]), Int(ends[1])) {
    case (let first?, _) where first >= size: self = .none
    case (let first?, let last?): if first <= last { self = .part(first..<min(last, size - 1) + 1) }
    case (let first?, nil): if ends[1].isEmpty { self = .part(first..<size) }
    case (nil, let count?) where ends[0].isEmpty:
      self = count == 0 || size == 0 ? .none : .part(max(0, size - count)..<size)
    default: return
    }
  }
}
