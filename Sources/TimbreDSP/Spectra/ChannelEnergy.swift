import RealModule
import TimbreCore

/// The settings of per-channel energy normalisation, named as in `librosa.pcen`.
public struct PCENParameters: Sendable, Hashable {
  public var gain: Double
  public var bias: Double
  public var power: Double
  /// Seconds.
  public var timeConstant: Double
  public var eps: Double
  /// The coefficient of the low-pass filter; nil takes it from `timeConstant`.
  public var b: Double?
  /// Width of the maximum over neighbouring bands that the filter is fed, in bands.
  public var maxSize: Int

  public init(
    gain: Double = 0.98, bias: Double = 2, power: Double = 0.5, timeConstant: Double = 0.4, eps: Double = 1e-6,
    b: Double? = nil, maxSize: Int = 1
  ) {
    self.gain = gain
    self.bias = bias
    self.power = power
    self.timeConstant = timeConstant
    self.eps = eps
    self.b = b
    self.maxSize = maxSize
  }

  /// The filter's coefficient, for frames that are `hop` seconds apart.
  func coefficient(hop: Double) -> Double {
    if let b { return b }
    let frames = timeConstant / hop
    // √(1 + 4 t²) − 1 over 2 t², in a form that loses nothing where t is small.
    return 2 / ((1 + 4 * frames * frames).squareRoot() + 1)
  }
}

extension Analysis {
  private struct PCENKey: Hashable { var mel: MelParameters, pcen: PCENParameters, scale: Double }

  /// The mel spectrogram times `scale`, each band divided by its own recent level and compressed: `librosa.pcen`, frames × n_mels.
  public func pcen(_ mel: MelParameters, _ parameters: PCENParameters, scale: Double) throws -> Spectrogram {
    try shared(PCENKey(mel: mel, pcen: parameters, scale: scale)) {
      let hop = mel.stft.hop(sampleRate: signal.sampleRate)
      return try preciseMelSpectrogram(mel).channelNormalised(parameters, scale: Float(scale), hop: hop)
    }
  }
}

extension Spectrogram {
  /// - Parameter hop: Seconds from one frame to the next.
  func channelNormalised(_ parameters: PCENParameters, scale: Float, hop: Double) -> Spectrogram {
    var result = self
    result.peaks = []
    let b = parameters.coefficient(hop: hop)
    // The filter starts as if each band had had a level of 1 for ever: scipy.signal.lfilter_zi, not scaled by the first value.
    var states = [Double](repeating: 1 - b, count: bins)
    var levels = [Double](repeating: 0, count: bins)
    var scaled = [Float](repeating: 0, count: bins)
    var loudest: [Float] = []
    for frame in 0..<frames {
      for bin in 0..<bins { scaled[bin] = values[frame * stride + bin] * scale }
      if parameters.maxSize > 1 { slidingMaximum(of: scaled, size: parameters.maxSize, into: &loudest) }
      let source = parameters.maxSize > 1 ? loudest : scaled
      for bin in 0..<bins {
        let level = b * Double(source[bin]) + states[bin]
        states[bin] = (1 - b) * level
        levels[bin] = level
      }
      unsafe result.values.withUnsafeMutableBufferPointer { target in
        unsafe levels.withUnsafeMutableBufferPointer { levels in
          unsafe scaled.withUnsafeBufferPointer { scaled in
            guard let base = target.baseAddress, let levels = levels.baseAddress, let scaled = scaled.baseAddress
            else { return }
            let row = unsafe base + frame * stride
            unsafe compress(scaled, levels: levels, into: row, count: bins, parameters)
          }
        }
      }
    }
    return result
  }
}

/// x / (eps + level)^gain, then (x + bias)^power − bias^power, or its limits where bias or power is 0. Overwrites the levels.
private func compress(
  _ x: UnsafePointer<Float>, levels: UnsafeMutablePointer<Double>, into target: UnsafeMutablePointer<Float>, count: Int,
  _ parameters: PCENParameters
) {
  let (gain, power, bias, eps) = (parameters.gain, parameters.power, parameters.bias, parameters.eps)
  if power == 0 {
    for index in 0..<count {
      let ratio = unsafe Double(x[index]) * fastExp(-gain * fastLog(eps + levels[index]))
      unsafe target[index] = Float(fastLogOnePlus(ratio))
    }
  } else if bias == 0 {
    for index in 0..<count {
      let value = unsafe Double(max(x[index], .leastNormalMagnitude))
      let result = unsafe fastExp(power * (fastLog(value) - gain * fastLog(eps + levels[index])))
      unsafe target[index] = x[index] > 0 ? Float(result) : 0
    }
  } else if power == 0.5 {
    let root = bias.squareRoot()
    for index in 0..<count {
      unsafe levels[index] = Double(x[index]) * fastExp(-gain * fastLog(eps + levels[index]))
    }
    for index in 0..<count {
      // √(ratio + bias) − √bias, without a difference of what is nearly equal.
      unsafe target[index] = Float(levels[index] / ((levels[index] + bias).squareRoot() + root))
    }
  } else {
    let top = Double.pow(bias, power)
    for index in 0..<count {
      let ratio = unsafe Double(x[index]) * fastExp(-gain * fastLog(eps + levels[index])) / bias
      unsafe target[index] = Float(top * fastExpMinusOne(power * fastLogOnePlus(ratio)))
    }
  }
}

/// log(1 + x) for x ≥ 0, to a relative error of 1e-9.
@inline(__always)
private func fastLogOnePlus(_ x: Double) -> Double {
  let small = ((-0.25 * x + 1.0 / 3) * x - 0.5) * x * x + x
  let large = fastLog(1 + x)
  return x < 1e-3 ? small : large
}

/// eˣ − 1 for x ≥ 0, to a relative error of 1e-9.
@inline(__always)
private func fastExpMinusOne(_ x: Double) -> Double {
  let small = ((x / 24 + 1.0 / 6) * x + 0.5) * x * x + x
  let large = fastExp(x) - 1
  return x < 1e-3 ? small : large
}

/// The largest of `size` values around each, as `scipy.ndimage.maximum_filter1d` places them: one more before than after where
/// `size` is even. What lies beyond the ends mirrors what is seen already.
private func slidingMaximum(of values: [Float], size: Int, into result: inout [Float]) {
  let count = values.count
  let before = min(size / 2, count)
  let after = min(size - 1 - size / 2, count)
  result = values
  // Indices of values that may yet be the largest: their values fall from the first to the last.
  var queue: [Int] = []
  var head = 0
  var next = 0
  for place in 0..<count {
    while next < count, next <= place + after {
      while queue.count > head, let last = queue.last, values[last] <= values[next] { queue.removeLast() }
      queue.append(next)
      next += 1
    }
    while queue[head] < place - before { head += 1 }
    result[place] = values[queue[head]]
  }
}
