/// The sum that NumPy makes of a contiguous row: eight sums side by side in blocks of at most 128, halves above. Blocks outside
/// `support` are 0.
func pairwiseSum<Value: BinaryFloatingPoint>(
  _ range: Range<Int>, over support: Range<Int>, _ value: (Int) -> Value
) -> Value {
  guard range.overlaps(support) else { return 0 }
  let count = range.count
  if count < 8 { return range.reduce(0) { $0 + value($1) } }
  if count <= 128 {
    var lanes = (0..<8).map { value(range.lowerBound + $0) }
    let whole = count - count % 8
    for index in Swift.stride(from: 8, to: whole, by: 8) {
      for lane in 0..<8 { lanes[lane] += value(range.lowerBound + index + lane) }
    }
    let sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
    return (whole..<count).reduce(sum) { $0 + value(range.lowerBound + $1) }
  }
  let half = count / 2 - count / 2 % 8
  return pairwiseSum(range.lowerBound..<range.lowerBound + half, over: support, value)
    + pairwiseSum(range.lowerBound + half..<range.upperBound, over: support, value)
}
