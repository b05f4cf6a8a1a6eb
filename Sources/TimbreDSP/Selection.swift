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
