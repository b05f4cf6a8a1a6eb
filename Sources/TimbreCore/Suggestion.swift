/// The candidate that is most like `word`, if one is close enough to be a slip of the pen.
///
/// The measure is the optimal string alignment distance (insert, delete, replace, swap of neighbours), case-insensitive;
/// "close enough" is a third of the word's length, at least one.
public func closest(to word: String, among candidates: some Sequence<String>) -> String? {
  let target = Array(word.lowercased())
  guard target.count <= 200 else { return nil }
  let limit = max(1, target.count / 3)
  var best: (distance: Int, name: String)?
  for candidate in candidates {
    let distance = alignmentDistance(target, Array(candidate.lowercased()))
    if distance <= limit, distance < (best?.distance ?? .max) { best = (distance, candidate) }
  }
  return best?.name
}

/// "did you mean …?" for a misspelt word, or the list of what there is when it is short, or nil.
public func suggestion(for word: String, among candidates: [String]) -> String? {
  if let name = closest(to: word, among: candidates) { return "did you mean \"\(name)\"?" }
  guard !candidates.isEmpty, candidates.count <= 24 else { return nil }
  return "known: " + candidates.joined(separator: ", ")
}

private func alignmentDistance(_ a: [Character], _ b: [Character]) -> Int {
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i] + [Int](repeating: 0, count: b.count)
    for j in 1...b.count {
      let replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      row[j] = min(last[j] + 1, row[j - 1] + 1, replaced)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], beforeLast[j - 2] + 1) }
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}
