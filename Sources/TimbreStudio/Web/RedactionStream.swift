import TimbreCore

extension Redaction {
  /// For texts that come in parts.
  struct Stream {
    /// How much of what follows is looked at, which is more than a path may be long.
    static let reach = 16 << 10
    private let redaction: Redaction
    private var pending: [UInt8] = []
    /// What came before it.
    private var before: (UInt8, UInt8) = (0, 0)

    init(_ redaction: Redaction) { self.redaction = redaction }

    /// - Returns: What is settled.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [UInt8] {
      pending += bytes
      return settle(upTo: pending.count - Self.reach)
    }

    /// The rest.
    mutating func end() -> [UInt8] { settle(upTo: pending.count) }

    private mutating func settle(upTo limit: Int) -> [UInt8] {
      guard limit > 0 else { return [] }
      var settled: [UInt8] = []
      settled.reserveCapacity(limit)
      var copied = 0
      var index = 0
      while index < limit {
        guard pending[index] == Redaction.slash else {
          index += 1
          continue
        }
        // Several are as good as one, but for those of an address.
        var start = index
        while start + 1 < pending.count, pending[start + 1] == Redaction.slash { start += 1 }
        let (second, first) = (byte(index - 2), byte(index - 1))
        let isAddress = first == UInt8(ascii: ":") && start == index + 1
        // "\n" of JSON is no word.
        let isEscape =
          second == UInt8(ascii: "\\") && [UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r")].contains(first)
        let isAfterWord =
          !isEscape && (isWord(first) || [UInt8(ascii: "<"), UInt8(ascii: "}"), UInt8(ascii: "*")].contains(first))
        if !isAddress, start + 1 < pending.count,
          let found = redaction.match(pending, at: start, isAfterWord: isAfterWord)
        {
          settled += pending[copied..<index]
          settled += found.text
          copied = found.end
          index = found.end
        } else {
          index = start + 1
        }
      }
      settled += pending[copied..<index]
      before = (byte(index - 2), byte(index - 1))
      pending.removeFirst(index)
      return settled
    }

    private func byte(_ index: Int) -> UInt8 {
      index >= 0 ? pending[index] : index == -1 ? before.1 : before.0
    }

    private func isWord(_ byte: UInt8) -> Bool { Redaction.isWord(byte) }
  }
}
