import RealModule
import TimbreCore

/// The settings of a reassigned spectrogram besides its transform, named as in `librosa.reassigned_spectrogram`.
public struct ReassignmentParameters: Sendable, Hashable {
  /// Exponent of the magnitudes that are moved.
  public var power: Double
  public var frequencies: Bool
  public var times: Bool
  /// Cells whose squared magnitude is below it are too weak to be moved.
  public var refPower: Double
  /// Whether these stay where they are; otherwise they are left out.
  public var fillNaN: Bool
  /// Whether what moves beyond the spectrogram lands at its edge; otherwise it is left out.
  public var clip: Bool

  public init(
    power: Double = 2, frequencies: Bool = true, times: Bool = true, refPower: Double = 1e-6, fillNaN: Bool = false,
    clip: Bool = true
  ) {
    self.power = power
    self.frequencies = frequencies
    self.times = times
    self.refPower = refPower
    self.fillNaN = fillNaN
    self.clip = clip
  }
}

/// Where the energy of a spectrogram is, rather than where its windows are: each cell's magnitude, to the power of `power`, is
/// added to the cell next to the time and frequency that `librosa.reassigned_spectrogram` gives it. Frames × bins, without
/// zeros between frames.
/// - Throws: A diagnostic when the signal or the transform is unusable, as `stft`.
public func reassignedSpectrogram(
  of signal: Signal, _ stft: STFTParameters, _ parameters: ReassignmentParameters
) throws -> [Float] {
  try stft.validate()
  let framing = try Framing(signal.samples, stft)
  try checkSize(frames: framing.frames, bins: 2 * stft.bins)
  var grid = ReassignmentGrid(signal, stft, parameters, frames: framing.frames)
  let size = stft.nFFT
  let window = stft.windowValues
  // Central differences around the circle, and the window weighted by time.
  let derivative = (0..<size).map { (window[($0 + 1) % size] - window[($0 + size - 1) % size]) / 2 }
  let offset = Double(size / 2) - (size.isMultiple(of: 2) ? 0.5 : 0)
  let weighted = (0..<size).map { window[$0] * (Double($0) - offset) }

  let spectra = (0..<3).map { _ in PlanarSpectrum(bins: stft.bins) }
  let (plain, slope, moment) = (spectra[0], spectra[1], spectra[2])
  let transforms = [
    (PlanarTransform(length: size, window: window), plain, true),
    (PlanarTransform(length: size, window: derivative), slope, parameters.frequencies),
    (PlanarTransform(length: size, window: weighted), moment, parameters.times),
  ]
  unsafe framing.forEachFrame(hopLength: stft.hopLength) { frame, samples in
    for (transform, spectrum, isNeeded) in transforms where isNeeded {
      // Silence has no energy to move.
      guard unsafe transform.forward(samples, into: spectrum) else { return }
    }
    grid.correct(plain, slope, moment)
    grid.move(frame: frame)
  }
  return grid.energies.map(Float.init)
}

/// The cells that energy is moved to, and what each cell of one frame is moved by.
private struct ReassignmentGrid {
  var energies: [Double]
  private let parameters: ReassignmentParameters
  private let bins: Int
  private let frames: Int
  private let sampleRate: Double
  private let hopLength: Double
  private let start: Double
  private let duration: Double
  /// Hz from one bin to the next, and bins in a hertz.
  private let width: Double
  private let binsPerHertz: Double
  private var magnitudes: [Float]
  /// Hz and seconds.
  private var frequencyShifts: [Float]
  private var timeShifts: [Float]

  init(_ signal: Signal, _ stft: STFTParameters, _ parameters: ReassignmentParameters, frames: Int) {
    self.parameters = parameters
    self.frames = frames
    bins = stft.bins
    sampleRate = Double(signal.sampleRate)
    hopLength = Double(stft.hopLength)
    start = stft.start(sampleRate: signal.sampleRate)
    duration = signal.duration
    width = 1 / (Double(stft.nFFT) * (1 / sampleRate))
    binsPerHertz = Double(stft.nFFT) / sampleRate
    energies = [Double](repeating: 0, count: frames * bins)
    magnitudes = [Float](repeating: 0, count: bins)
    frequencyShifts = magnitudes
    timeShifts = magnitudes
  }

  /// Quotients of the spectra, in single precision by NumPy's formula (Smith's), so that what lies between two cells falls to the
  /// same one.
  mutating func correct(_ plain: PlanarSpectrum, _ slope: PlanarSpectrum, _ moment: PlanarSpectrum) {
    let hertz = Float(0.5 * sampleRate / .pi)
    let rate = Float(sampleRate)
    unsafe magnitudes.withUnsafeMutableBufferPointer { magnitudes in
      unsafe frequencyShifts.withUnsafeMutableBufferPointer { frequencyShifts in
        unsafe timeShifts.withUnsafeMutableBufferPointer { timeShifts in
          for bin in 0..<bins {
            let (re, im) = unsafe (plain.real.pointer[bin], plain.imaginary.pointer[bin])
            let isReal = re.magnitude >= im.magnitude
            let (large, small) = (isReal ? re : im, isReal ? im : re)
            let ratio = small / large
            let scale = 1 / (large + small * ratio)
            let (a, b) = unsafe (slope.real.pointer[bin], slope.imaginary.pointer[bin])
            let (c, d) = unsafe (moment.real.pointer[bin], moment.imaginary.pointer[bin])
            let imaginary = (isReal ? b - a * ratio : b * ratio - a) * scale
            let real = (isReal ? c + d * ratio : c * ratio + d) * scale
            unsafe frequencyShifts[bin] = -imaginary * hertz
            unsafe timeShifts[bin] = real / rate
            unsafe magnitudes[bin] = librosaMagnitude(re, im)
          }
        }
      }
    }
  }

  mutating func move(frame: Int) {
    let least = Float(parameters.refPower.squareRoot())
    let ownTime = start + Double(frame) * hopLength / sampleRate
    let (bins, frames, parameters) = (bins, frames, parameters)
    let (sampleRate, duration, start, hopLength) = (sampleRate, duration, start, hopLength)
    let (width, binsPerHertz) = (width, binsPerHertz)
    let (lastBin, lastFrame) = (Double(bins - 1), Double(frames - 1))
    unsafe energies.withUnsafeMutableBufferPointer { energies in
      unsafe magnitudes.withUnsafeBufferPointer { magnitudes in
        unsafe frequencyShifts.withUnsafeBufferPointer { frequencyShifts in
          unsafe timeShifts.withUnsafeBufferPointer { timeShifts in
            for bin in 0..<bins {
              let magnitude = unsafe magnitudes[bin]
              guard magnitude > 0 else { continue }
              var (row, column) = (Double(bin), Double(frame))
              if magnitude < least {
                if !parameters.fillNaN { continue }
              } else {
                if parameters.frequencies {
                  var frequency = unsafe Double(bin) * width + Double(frequencyShifts[bin])
                  if parameters.clip { frequency = min(max(frequency, 0), sampleRate / 2) }
                  row = nearest(frequency * binsPerHertz)
                }
                if parameters.times {
                  var time = unsafe ownTime + Double(timeShifts[bin])
                  if parameters.clip { time = min(max(time, 0), duration) }
                  column = nearest((time - start) * sampleRate / hopLength)
                }
                if parameters.clip {
                  row = min(row, lastBin)
                  column = min(max(column, 0), lastFrame)
                }
              }
              guard row >= 0, row <= lastBin, column >= 0, column <= lastFrame else { continue }
              let value = Double(magnitude)
              let energy = parameters.power == 2 ? value * value : .pow(value, parameters.power)
              unsafe energies[Int(column) * bins + Int(row)] += energy
            }
          }
        }
      }
    }
  }
}

/// The nearest integer, of two the even one; what is beyond 2⁵¹ lies outside of every spectrogram and only has to stay there.
@inline(__always)
private func nearest(_ x: Double) -> Double { (x + roundingShift) - roundingShift }
