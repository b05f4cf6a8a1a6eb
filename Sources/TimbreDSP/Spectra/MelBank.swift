import RealModule
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
package struct MelBank: Sendable {
  private struct Filter {
    /// First bin read.
    var start: Int
    /// Where its weights begin; as many as `vectors` × 4.
    var offset: Int
    var vectors: Int
  }

  private var filters: [Filter] = []
  private var weights: [Float] = []
  /// The largest weight of each filter.
  private var tops: [Float] = []
  private let bins: Int

  private struct Key: Hashable { var bank: MelBankParameters, sampleRate: Int, nFFT: Int }
  private static let cache = Cache<Key, MelBank>()

  package static func of(_ bank: MelBankParameters, sampleRate: Int, nFFT: Int) throws -> MelBank {
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
      tops.append(row.max() ?? 0)
      let vectors = (row.count + 3) / 4
      filters.append(Filter(start: row.isEmpty ? 0 : from + leading, offset: weights.count, vectors: vectors))
      weights += row + [Float](repeating: 0, count: 4 * vectors - row.count)
    }
  }

  /// The first bin that filter `index` reads, and its weights from there on, of which the last may be 0.
  func row(_ index: Int) -> (start: Int, weights: ArraySlice<Float>) {
    let filter = filters[index]
    return (filter.start, weights[filter.offset..<filter.offset + 4 * filter.vectors])
  }

  /// Frames × n_mels of a spectrogram, or of its squares.
  package func apply(to spectrogram: Spectrogram, squaring: Bool) -> Spectrogram {
    precondition(spectrogram.bins == bins, "a bank for \(bins) bins")
    var result = Spectrogram(bins: filters.count, frames: spectrogram.frames)
    let stride = result.stride
    unsafe result.values.withUnsafeMutableBufferPointer { target in
      unsafe spectrogram.values.withUnsafeBytes { source in
        unsafe weights.withUnsafeBytes { weights in
          unsafe filters.withUnsafeBufferPointer { filters in
            var frame = 0
            while frame < spectrogram.frames {
              let rows = SIMD4(0, 1, 2, 3).clamped(
                lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: spectrogram.frames - 1 - frame))
              let starts = 4 * spectrogram.stride &* (rows &+ SIMD4(repeating: frame))
              let places = stride &* (rows &+ SIMD4(repeating: frame))
              for index in 0..<filters.count {
                let filter = unsafe filters[index]
                let sums =
                  squaring
                  ? unsafe sums(of: filter, source, starts, weights, squaring: true)
                  : unsafe sums(of: filter, source, starts, weights, squaring: false)
                unsafe target[places.x + index] = sums.x
                unsafe target[places.y + index] = sums.y
                unsafe target[places.z + index] = sums.z
                unsafe target[places.w + index] = sums.w
              }
              frame += 4
            }
          }
        }
      }
    }
    return result
  }

  /// One filter on the four frames that begin at `starts` bytes.
  @inline(__always)
  private func sums(
    of filter: Filter, _ source: UnsafeRawBufferPointer, _ starts: SIMD4<Int>, _ weights: UnsafeRawBufferPointer,
    squaring: Bool
  ) -> SIMD4<Float> {
    typealias Lanes = SIMD4<Float>
    guard let source = source.baseAddress, let weights = weights.baseAddress else { return Lanes() }
    var (a, b, c, d) = (Lanes(), Lanes(), Lanes(), Lanes())
    var spot = 4 * filter.start
    var place = 4 * filter.offset
    for _ in 0..<filter.vectors {
      let weight = unsafe weights.loadUnaligned(fromByteOffset: place, as: Lanes.self)
      let p = unsafe source.loadUnaligned(fromByteOffset: starts.x &+ spot, as: Lanes.self)
      let q = unsafe source.loadUnaligned(fromByteOffset: starts.y &+ spot, as: Lanes.self)
      let r = unsafe source.loadUnaligned(fromByteOffset: starts.z &+ spot, as: Lanes.self)
      let s = unsafe source.loadUnaligned(fromByteOffset: starts.w &+ spot, as: Lanes.self)
      if squaring {
        a += p * p * weight
        b += q * q * weight
        c += r * r * weight
        d += s * s * weight
      } else {
        a += p * weight
        b += q * weight
        c += r * weight
        d += s * weight
      }
      spot &+= 16
      place &+= 16
    }
    // Sums across by transposing: each lane is one frame.
    let (ab0, ab1) = (Lanes(a.x, b.x, a.y, b.y), Lanes(a.z, b.z, a.w, b.w))
    let (cd0, cd1) = (Lanes(c.x, d.x, c.y, d.y), Lanes(c.z, d.z, c.w, d.w))
    let (ab, cd) = (ab0 + ab1, cd0 + cd1)
    return Lanes(lowHalf: ab.lowHalf + ab.highHalf, highHalf: cd.lowHalf + cd.highHalf)
  }

  /// Whether the loudest band lies so far under the loudest bin (40 dB) that single precision's rounding of that bin can be heard
  /// through a range of 80 dB under the band.
  func isBuried(_ bands: Spectrogram, of spectrogram: Spectrogram, power: Double) -> Bool {
    guard let peak = spectrogram.peaks.max(), peak > 0 else { return false }
    let floor = Float(Double.pow(0.01 * Double(peak), power))
    for index in filters.indices where tops[index] > 0 {
      let least = floor * tops[index]
      for frame in 0..<bands.frames where bands.values[frame * bands.stride + index] >= least { return false }
    }
    return true
  }
}
