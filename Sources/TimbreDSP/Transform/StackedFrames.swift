import TimbreCore

/// Each frame of a matrix with copies of other frames under it: `librosa.feature.stack_memory`.
///
/// Row block `step` of frame t is frame t − step · delay; what lies beyond the ends is padded as `numpy.pad` does.
/// - Parameters:
///   - values: Frames × bins; at least one frame.
///   - constant: The value beyond the ends in mode constant.
/// - Returns: Frames × (bins · steps).
/// - Throws: A diagnostic for a result too large for memory.
public func stackedFrames(
  _ values: [Float], bins: Int, steps: Int, delay: Int, _ mode: WidePadMode, constant: Float
) throws -> [Float] {
  let frames = values.count / bins
  try checkSize(frames: frames, bins: bins * steps)
  let beyond = FramesBeyond(
    values: values, bins: bins, padding: (steps - 1) * abs(delay), mode: mode, constant: constant)
  return unsafe [Float](unsafeUninitializedCapacity: frames * bins * steps) { target, count in
    unsafe values.withUnsafeBufferPointer { values in
      guard let from = values.baseAddress, var to = target.baseAddress else { return }
      for frame in 0..<frames {
        for step in 0..<steps {
          let source = frame - step * delay
          if let inside = source >= 0 && source < frames ? source : beyond.frame(at: source) {
            unsafe to.initialize(from: from + inside * bins, count: bins)
          } else {
            let scale = beyond.scale(at: source)
            let row = source < 0 ? beyond.before : beyond.after
            for bin in 0..<bins { unsafe (to + bin).initialize(to: Float(scale * Double(row[bin]))) }
          }
          unsafe to += bins
        }
      }
    }
    count = frames * bins * steps
  }
}

/// What stands before the first and after the last frame: a frame of the matrix, or a row of its own.
private struct FramesBeyond {
  let frames: Int
  let padding: Int
  let mode: WidePadMode
  var before: [Float] = []
  var after: [Float] = []

  init(values: [Float], bins: Int, padding: Int, mode: WidePadMode, constant: Float) {
    frames = values.count / bins
    self.padding = padding
    self.mode = mode
    func row(_ make: ([Float]) -> Float) -> [Float] {
      (0..<bins).map { bin in make(stride(from: bin, to: values.count, by: bins).map { values[$0] }) }
    }
    switch mode {
    case .constant: before = [Float](repeating: constant, count: bins)
    case .linearRamp:
      before = Array(values.prefix(bins))
      after = Array(values.suffix(bins))
    case .maximum: before = row { $0.max() ?? 0 }
    case .minimum: before = row { $0.min() ?? 0 }
    case .mean: before = row { series in Float(series.reduce(0) { $0 + Double($1) } / Double(series.count)) }
    case .median: before = row(median)
    case .edge, .reflect, .symmetric, .wrap: break
    }
    if mode != .linearRamp { after = before }
  }

  /// nil where it is a row of its own.
  func frame(at index: Int) -> Int? {
    func remainder(_ divisor: Int) -> Int { (index % divisor + divisor) % divisor }
    switch mode {
    case .edge: return index < 0 ? 0 : frames - 1
    case .wrap: return remainder(frames)
    case .symmetric:
      let place = remainder(2 * frames)
      return place < frames ? place : 2 * frames - 1 - place
    case .reflect:
      guard frames > 1 else { return 0 }
      let place = remainder(2 * (frames - 1))
      return place < frames ? place : 2 * (frames - 1) - place
    default: return nil
    }
  }

  /// What the row is multiplied by: a ramp from 0 at the far end of the padding.
  func scale(at index: Int) -> Double {
    guard mode == .linearRamp else { return 1 }
    return Double(index < 0 ? index + padding : padding - 1 - (index - frames)) / Double(padding)
  }
}
