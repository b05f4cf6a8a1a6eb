import TimbreCore

/// The settings of a mel filter bank, named as in `librosa.filters.mel`.
public struct MelBankParameters: Sendable, Hashable {
  public var nMels: Int
  /// Hz
  public var fmin: Double
  /// Hz; nil is half the sample rate.
  public var fmax: Double?
  public var htk: Bool
  public var norm: MelNorm

  public init(nMels: Int = 128, fmin: Double = 0, fmax: Double? = nil, htk: Bool = false, norm: MelNorm = .slaney) {
    self.nMels = nMels
    self.fmin = fmin
    self.fmax = fmax
    self.htk = htk
    self.norm = norm
  }

  /// The corners of all triangles, in Hz: n_mels + 2, of which the inner ones are the centres.
  /// - Throws: A diagnostic when the range of frequencies is empty.
  public func corners(sampleRate: Int) throws -> [Double] {
    let highest = fmax ?? Double(sampleRate) / 2
    guard fmin < highest else {
      throw Diagnostic(
        .invalidParameters, "fmin (\(short(fmin)) Hz) is not below fmax (\(short(highest)) Hz)",
        help: fmax == nil ? "fmax is half the sample rate here; lower fmin" : "lower fmin or raise fmax")
    }
    return (htk ? MelScale.htk : .slaney).frequencies(nMels + 2, from: fmin, to: highest)
  }
}

/// Triangular filters over the bins of a spectrum. Only the bins under a triangle are stored and multiplied.
struct MelBank: Sendable {
  private struct Filter {
    /// First bin read.
    var start: Int
    /// Where its weights begin; as many as `vectors` × 4.
    var offset: Int
    var vectors: Int
  }

  private var filters: [Filter] = []
  private var weights: [Float] = []
  private let bins: Int

  private struct Key: Hashable { var bank: MelBankParameters, sampleRate: Int, nFFT: Int }
  private static let cache = Cache<Key, MelBank>()

  static func of(_ bank: MelBankParameters, sampleRate: Int, nFFT: Int) throws -> MelBank {
    try cache.value(for: Key(bank: bank, sampleRate: sampleRate, nFFT: nFFT)) {
      try MelBank(bank, sampleRate: sampleRate, nFFT: nFFT)
    }
  }

  private init(_ bank: MelBankParameters, sampleRate: Int, nFFT: Int) throws {
    let corners = try bank.corners(sampleRate: sampleRate)
    bins = nFFT / 2 + 1
    let width = Double(sampleRate) / Double(nFFT)
    for index in 0..<bank.nMels {
      let (low, centre, high) = (corners[index], corners[index + 1], corners[index + 2])
      let from = min(bins, max(0, Int(min(1e12, (low / width).rounded(.down)))))
      let to = min(bins, max(from, Int(min(1e12, (high / width).rounded(.up))) + 1))
      var row: [Float] = []
      for bin in from..<to {
        let frequency = Double(bin) * width
        row.append(Float(max(0, min((frequency - low) / (centre - low), (high - frequency) / (high - centre)))))
      }
      switch bank.norm {
      case .slaney:
        let scale = 2 / (high - low)
        row = row.map { Float(Double($0) * scale) }
      case .vector(.none): break
      case .vector(let norm):
        // The smallest magnitude of the whole row is 0 unless the triangle covers every bin.
        let outside = row.count < bins ? [0.0] : []
        let length = norm.length(of: row.map(Double.init) + outside)
        row = row.map { Float(Double($0) / length) }
      }
      let leading = row.firstIndex { $0 != 0 } ?? row.count
      row.removeFirst(leading)
      while row.last == 0 { row.removeLast() }
      let vectors = (row.count + 3) / 4
      filters.append(Filter(start: row.isEmpty ? 0 : from + leading, offset: weights.count, vectors: vectors))
      weights += row + [Float](repeating: 0, count: 4 * vectors - row.count)
    }
  }

  /// Frames × n_mels.
  func apply(to spectrogram: Spectrogram) -> Spectrogram {
    precondition(spectrogram.bins == bins, "a bank for \(bins) bins")
    var result = Spectrogram(bins: filters.count, frames: spectrogram.frames)
    let stride = result.stride
    unsafe result.values.withUnsafeMutableBufferPointer { target in
      unsafe spectrogram.values.withUnsafeBytes { source in
        unsafe weights.withUnsafeBytes { weights in
          unsafe filters.withUnsafeBufferPointer { filters in
            for frame in 0..<spectrogram.frames {
              for index in 0..<filters.count {
                let filter = unsafe filters[index]
                var sum = SIMD4<Float>(repeating: 0)
                var spot = 4 * (frame * spectrogram.stride + filter.start)
                var place = 4 * filter.offset
                for _ in 0..<filter.vectors {
                  let x = unsafe source.loadUnaligned(fromByteOffset: spot, as: SIMD4<Float>.self)
                  let w = unsafe weights.loadUnaligned(fromByteOffset: place, as: SIMD4<Float>.self)
                  sum += x * w
                  spot += 16
                  place += 16
                }
                unsafe target[frame * stride + index] = (sum.x + sum.z) + (sum.y + sum.w)
              }
            }
          }
        }
      }
    }
    return result
  }
}
