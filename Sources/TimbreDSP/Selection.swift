/// The value that sorting would bring to `place` (Hoare's selection); smaller ones end up before it.
func select<Value: Comparable>(_ place: Int, of values: inout [Value]) -> Value {
  var (low, high) = (0, values.count - 1)
  while low < high {
    let pivot = values[(low + high) / 2]
    var (i, j) = (low, high)
    while i <= j {
      while values[i] < pivot { i += 1 }
      while values[j] > pivot { j -= 1 }
      if i <= j {
        values.swapAt(i, j)
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
  return values[place]
}
