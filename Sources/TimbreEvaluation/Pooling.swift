import RealModule
import TimbreCore

extension Statistic {
  /// One number a bin, over all frames of `feature`.
  ///
  /// Sums are kept in double precision. The skewness and the kurtosis of a constant bin are 0 (SciPy: NaN), because a
  /// vector has to be finite; so is every statistic of a feature without frames.
  public func pool(_ feature: FeatureMatrix) -> [Float] {
    let bins = feature.binCount
    let frames = feature.frameCount
    guard frames > 0 else { return [Float](repeating: 0, count: bins) }
    let values = feature.values
    switch self {
    case .mean: return means(values, bins: bins, frames: frames).map { Float($0) }
    case .std:
      return centralMoments(values, bins: bins, frames: frames, upTo: 2).second.map { Float($0.squareRoot()) }
    case .min: return extremes(values, bins: bins, frames: frames, largest: false)
    case .max: return extremes(values, bins: bins, frames: frames, largest: true)
    case .median: return percentiles(values, bins: bins, frames: frames, percent: 50)
    case .percentile(let percent): return percentiles(values, bins: bins, frames: frames, percent: percent)
    case .skewness:
      let moments = centralMoments(values, bins: bins, frames: frames, upTo: 3)
      return (0..<bins).map { bin in
        let variance = moments.second[bin]
        return moments.isConstant(bin) ? 0 : Float(moments.higher[bin] / (variance * variance.squareRoot()))
      }
    case .kurtosis:
      let moments = centralMoments(values, bins: bins, frames: frames, upTo: 4)
      return (0..<bins).map { bin in
        let variance = moments.second[bin]
        return moments.isConstant(bin) ? 0 : Float(moments.higher[bin] / (variance * variance) - 3)
      }
    }
  }
}

/// The mean of each bin. The inner loop runs across bins, four frames at a time, so that it vectorises.
func means(_ values: [Float], bins: Int, frames: Int) -> [Double] {
  var sums = [Double](repeating: 0, count: bins)
  unsafe values.withUnsafeBufferPointer { values in
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      var frame = 0
      while frame + 4 <= frames {
        let a = frame * bins
        let (b, c, d) = (a + bins, a + 2 * bins, a + 3 * bins)
        for bin in 0..<bins {
          unsafe sums[bin] +=
            (Double(values[a &+ bin]) + Double(values[b &+ bin]))
            + (Double(values[c &+ bin]) + Double(values[d &+ bin]))
        }
        frame += 4
      }
      while frame < frames {
        let a = frame * bins
        for bin in 0..<bins { unsafe sums[bin] += Double(values[a &+ bin]) }
        frame += 1
      }
    }
  }
  return sums.map { $0 / Double(frames) }
}

private struct Moments {
  var mean: [Double]
  var second: [Double]
  /// The third or fourth, whichever was asked for.
  var higher: [Double]

  /// SciPy's rule: a spread within the rounding of the mean is none.
  func isConstant(_ bin: Int) -> Bool {
    let rounding = 1e-15 * mean[bin]
    return second[bin] <= rounding * rounding
  }
}

/// Means of the powers of the distance from the mean, in two passes, so that a large mean costs no digits.
private func centralMoments(_ values: [Float], bins: Int, frames: Int, upTo order: Int) -> Moments {
  let mean = means(values, bins: bins, frames: frames)
  var second = [Double](repeating: 0, count: bins)
  var higher = [Double](repeating: 0, count: order > 2 ? bins : 0)
  unsafe values.withUnsafeBufferPointer { values in
    unsafe mean.withUnsafeBufferPointer { mean in
      unsafe second.withUnsafeMutableBufferPointer { second in
        unsafe higher.withUnsafeMutableBufferPointer { higher in
          for frame in 0..<frames {
            let row = frame * bins
            switch order {
            case 2:
              for bin in 0..<bins {
                let distance = unsafe Double(values[row &+ bin]) - mean[bin]
                unsafe second[bin] += distance * distance
              }
            case 3:
              for bin in 0..<bins {
                let distance = unsafe Double(values[row &+ bin]) - mean[bin]
                let square = distance * distance
                unsafe second[bin] += square
                unsafe higher[bin] += square * distance
              }
            default:
              for bin in 0..<bins {
                let distance = unsafe Double(values[row &+ bin]) - mean[bin]
                let square = distance * distance
                unsafe second[bin] += square
                unsafe higher[bin] += square * square
              }
            }
          }
        }
      }
    }
  }
  let count = Double(frames)
  return Moments(mean: mean, second: second.map { $0 / count }, higher: higher.map { $0 / count })
}

private func extremes(_ values: [Float], bins: Int, frames: Int, largest: Bool) -> [Float] {
  var best = Array(values[..<bins])
  unsafe values.withUnsafeBufferPointer { values in
    unsafe best.withUnsafeMutableBufferPointer { best in
      for frame in 1..<max(frames, 1) {
        let row = frame * bins
        if largest {
          for bin in 0..<bins { unsafe best[bin] = values[row &+ bin] > best[bin] ? values[row &+ bin] : best[bin] }
        } else {
          for bin in 0..<bins { unsafe best[bin] = values[row &+ bin] < best[bin] ? values[row &+ bin] : best[bin] }
        }
      }
    }
  }
  return best
}

private func percentiles(_ values: [Float], bins: Int, frames: Int, percent: Double) -> [Float] {
  var course = [Float](repeating: 0, count: frames)
  return (0..<bins).map { bin in
    for frame in 0..<frames { course[frame] = values[frame * bins + bin] }
    course.sort()
    return Float(interpolatedPercentile(percent, ofSorted: course.count) { Double(course[$0]) })
  }
}

/// The percentile of ascending values, by linear interpolation between neighbours.
func interpolatedPercentile(_ percent: Double, ofSorted count: Int, _ value: (Int) -> Double) -> Double {
  let place = percent / 100 * Double(count - 1)
  let below = min(Int(place), count - 1)
  let above = min(below + 1, count - 1)
  let lower = value(below)
  return lower + (value(above) - lower) * (place - Double(below))
}
