/// The value that sorting would bring to `place` (Hoare's selection); smaller ones end up before it.
func select<Value: Comparable>(_ place: Int, of values: inout [Value]) -> Value {
  precondition(values.indices.contains(place), "a place among the values")
  return unsafe values.withUnsafeMutableBufferPointer { unsafe select(place, of: $0) }
}

/// The same on memory: the bounds hold, because the scans from either end stop at the pivot or at what was swapped beyond it.
@inline(__always)
private func select<Value: Comparable>(_ place: Int, of values: UnsafeMutableBufferPointer<Value>) -> Value {
  var (low, high) = (0, values.count - 1)
  while low < high {
    let pivot = unsafe values[(low + high) / 2]
    var (i, j) = (low, high)
    while i <= j {
      while unsafe values[i] < pivot { i += 1 }
      while unsafe values[j] > pivot { j -= 1 }
      if i <= j {
        unsafe values.swapAt(i, j)
        i += 1
        j -= 1
      }
    }
    if place <= j {
      high = j
    } else if place >= i {
      low = i
    } else {
      break
    }
  }
  return unsafe values[place]
}

/// The middle one of numbers that are not negative, or the mean of the two middle ones. There must be at least one.
///
/// Their bits sort as the numbers do: those above the lowest 21 tell a thousand classes apart, and only one class is searched. No step
/// branches on what no processor can foresee.
package func medianOfMagnitudes(_ values: [Float]) -> Float {
  let middle = values.count / 2
  var counts = [Int32](repeating: 0, count: 1 << 11)
  for value in values { counts[Int(value.bitPattern >> 21)] += 1 }
  var (group, below) = (0, 0)
  while below + Int(counts[group]) <= middle {
    below += Int(counts[group])
    group += 1
  }
  var members = [Float](repeating: 0, count: values.count + 1)
  var (count, beneath) = (0, Float(0))
  let least = Float(bitPattern: UInt32(group) << 21)
  for value in values {
    members[count] = value
    count &+= value.bitPattern >> 21 == UInt32(group) ? 1 : 0
    beneath = max(beneath, value < least ? value : 0)
  }
  members.removeLast(members.count - count)
  let upper = select(middle - below, of: &members)
  if !values.count.isMultiple(of: 2) { return upper }
  return ((members[..<(middle - below)].max() ?? beneath) + upper) / 2
}
