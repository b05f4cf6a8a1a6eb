import TimbreCore

/// Everything that a short-time Fourier transform depends on besides the signal, named as in `librosa.stft`.
public struct STFTParameters: Sendable, Hashable {
  public var nFFT: Int
  public var hopLength: Int
  /// nil is `nFFT`.
  public var winLength: Int?
  public var window: Window
  public var center: Bool
  public var padMode: PadMode

  public init(
    nFFT: Int = 2048, hopLength: Int = 512, winLength: Int? = nil, window: Window = .hann, center: Bool = true,
    padMode: PadMode = .constant
  ) {
    self.nFFT = nFFT
    self.hopLength = hopLength
    self.winLength = winLength
    self.window = window
    self.center = center
    self.padMode = padMode
  }

  public var bins: Int { nFFT / 2 + 1 }

  /// Hz of each bin.
  public func frequencies(sampleRate: Int) -> [Double] {
    (0..<bins).map { Double($0) * Double(sampleRate) / Double(nFFT) }
  }

  /// Seconds at which the first frame is centred.
  public func start(sampleRate: Int) -> Double { center ? 0 : Double(nFFT / 2) / Double(sampleRate) }

  public func hop(sampleRate: Int) -> Double { Double(hopLength) / Double(sampleRate) }

  /// - Throws: A diagnostic when the window is longer than the transform, or of a length that its shape does not have.
  public func validate() throws {
    precondition(nFFT > 0 && hopLength > 0 && (winLength ?? 1) > 0, "lengths are positive")
    if let winLength, winLength > nFFT {
      throw Diagnostic(
        .invalidParameters, "win_length (\(winLength)) is longer than n_fft (\(nFFT))",
        help: "raise n_fft to at least \(winLength), or lower win_length")
    }
    try window.validate(length: winLength ?? nFFT)
  }

  /// The window at full transform length.
  var windowValues: [Double] { window.values(length: winLength ?? nFFT, paddedTo: nFFT) }
}

/// Where the frames of a signal lie: stretches of samples with frames at a fixed hop, from the start of each stretch.
struct Framing {
  struct Stretch {
    var samples: [Float]
    var offset: Int
    var frames: Int
  }

  let stretches: [Stretch]
  var frames: Int { stretches.reduce(0) { $0 + $1.frames } }

  /// As `librosa.stft` frames: what lies in the signal is read in place, the ends are padded from the part of the signal that
  /// their frames see (which differs from padding the whole for `reflect` with a hop of more than half a frame).
  init(_ signal: [Float], _ parameters: STFTParameters) throws {
    let (n, size, hop) = (signal.count, parameters.nFFT, parameters.hopLength)
    guard parameters.center else {
      guard n >= size else {
        throw Diagnostic(
          .shortAudio, "\(n) samples are fewer than one frame of n_fft = \(size)",
          help: "lower n_fft, or set center to true")
      }
      stretches = [Stretch(samples: signal, offset: 0, frames: 1 + (n - size) / hop)]
      return
    }
    let half = size / 2
    let firstInside = (half + hop - 1) / hop
    let firstAfter = n + half >= size ? (n + half - size) / hop + 1 : 0
    guard firstAfter > firstInside else {
      let whole = padded(signal, left: half, right: half, parameters.padMode.wide)
      guard whole.count >= size else {
        throw Diagnostic(.emptyAudio, "no samples to transform")
      }
      stretches = [Stretch(samples: whole, offset: 0, frames: 1 + (whole.count - size) / hop)]
      return
    }
    var parts: [Stretch] = []
    if firstInside > 0 {
      let seen = signal[..<min(n, (firstInside - 1) * hop - half + size + 1)]
      parts.append(
        Stretch(samples: padded(seen, left: half, right: 0, parameters.padMode.wide), offset: 0, frames: firstInside))
    }
    parts.append(Stretch(samples: signal, offset: firstInside * hop - half, frames: firstAfter - firstInside))
    let tailStart = firstAfter * hop - half
    if tailStart + size <= n + half {
      let tail = padded(signal[tailStart...], left: 0, right: half, parameters.padMode.wide)
      parts.append(Stretch(samples: tail, offset: 0, frames: 1 + (tail.count - size) / hop))
    }
    stretches = parts
  }
}
