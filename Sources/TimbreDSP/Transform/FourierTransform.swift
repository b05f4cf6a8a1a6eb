import CFFTW
import Synchronization

/// FFTW's planner is not thread-safe: one lock for every planner call of the process. Executing a plan needs none. It holds what
/// `PlanWisdom` is called by.
let planner = Mutex(PlanWisdom.take())

/// The transform of `length` real samples in single precision, both ways, without scaling.
///
/// Plans are those of `PlanWisdom` or estimated, never measured as the program runs, so that a length always runs the same algorithm and
/// gives the same bits.
@safe final class FourierTransform: @unchecked Sendable {
  let length: Int
  /// Complex numbers of one spectrum: length / 2 + 1.
  let bins: Int
  private let forwardPlan: fftwf_plan?
  private let inversePlan: fftwf_plan?
  /// Where the plans are for complex numbers of half the length.
  private let passes: HalfLengthPasses?

  private static let cache = Cache<Int, FourierTransform>()
  static func of(length: Int) -> FourierTransform { cache.value(for: length) { FourierTransform(length: length) } }

  private init(length: Int) {
    self.length = length
    bins = length / 2 + 1
    let passes = HalfLengthPasses.fits(length) ? HalfLengthPasses(length: length) : nil
    self.passes = passes
    (unsafe forwardPlan, unsafe inversePlan) = unsafe planner.withLock { _ in
      // Plans hold for all buffers aligned like these two.
      let samples = AlignedBuffer<Float>(count: length, filledWith: 0)
      let spectrum = AlignedBuffer<Float>(count: 2 * (length / 2 + 1), filledWith: 0)
      let complex = unsafe Self.complex(spectrum)
      let flags = UInt32(FFTW_ESTIMATE)
      if passes != nil {
        let pairs = unsafe Self.complex(samples)
        return unsafe (
          fftwf_plan_dft_1d(Int32(length / 2), pairs, complex, FFTW_FORWARD, flags),
          fftwf_plan_dft_1d(Int32(length / 2), complex, pairs, FFTW_BACKWARD, flags)
        )
      }
      return unsafe (
        fftwf_plan_dft_r2c_1d(Int32(length), samples.pointer, complex, flags),
        fftwf_plan_dft_c2r_1d(Int32(length), complex, samples.pointer, flags)
      )
    }
  }

  private static func complex(_ buffer: AlignedBuffer<Float>) -> UnsafeMutablePointer<fftwf_complex> {
    unsafe UnsafeMutableRawPointer(buffer.pointer).assumingMemoryBound(to: fftwf_complex.self)
  }

  deinit {
    planner.withLock { _ in
      unsafe fftwf_destroy_plan(forwardPlan)
      unsafe fftwf_destroy_plan(inversePlan)
    }
  }

  /// `samples` to interleaved real and imaginary parts.
  func forward(_ samples: AlignedBuffer<Float>, into spectrum: AlignedBuffer<Float>) {
    precondition(samples.count >= length && spectrum.count >= 2 * bins)
    guard let passes else {
      return unsafe fftwf_execute_dft_r2c(forwardPlan, samples.pointer, Self.complex(spectrum))
    }
    unsafe fftwf_execute_dft(forwardPlan, Self.complex(samples), Self.complex(spectrum))
    unsafe passes.unravel(spectrum.pointer)
  }

  /// The inverse, `length` times too large. Overwrites `spectrum`.
  func inverse(_ spectrum: AlignedBuffer<Float>, into samples: AlignedBuffer<Float>) {
    precondition(samples.count >= length && spectrum.count >= 2 * bins)
    guard let passes else {
      return unsafe fftwf_execute_dft_c2r(inversePlan, Self.complex(spectrum), samples.pointer)
    }
    unsafe passes.ravel(spectrum.pointer)
    unsafe fftwf_execute_dft(inversePlan, Self.complex(spectrum), Self.complex(samples))
  }
}

/// The forward transform in double precision: what follows phases over many frames needs every bit of them.
@safe final class PreciseFourierTransform: @unchecked Sendable {
  let length: Int
  let bins: Int
  private let plan: fftw_plan?

  private static let cache = Cache<Int, PreciseFourierTransform>()
  static func of(length: Int) -> PreciseFourierTransform {
    cache.value(for: length) { PreciseFourierTransform(length: length) }
  }

  private init(length: Int) {
    self.length = length
    bins = length / 2 + 1
    unsafe plan = unsafe planner.withLock { _ in
      let samples = AlignedBuffer<Double>(count: length, filledWith: 0)
      let spectrum = AlignedBuffer<Double>(count: 2 * (length / 2 + 1), filledWith: 0)
      let complex = unsafe UnsafeMutableRawPointer(spectrum.pointer).assumingMemoryBound(to: fftw_complex.self)
      return unsafe fftw_plan_dft_r2c_1d(Int32(length), samples.pointer, complex, UInt32(FFTW_ESTIMATE))
    }
  }

  deinit { planner.withLock { _ in unsafe fftw_destroy_plan(plan) } }

  /// `samples` to interleaved real and imaginary parts.
  func forward(_ samples: AlignedBuffer<Double>, into spectrum: AlignedBuffer<Double>) {
    precondition(samples.count >= length && spectrum.count >= 2 * bins)
    let complex = unsafe UnsafeMutableRawPointer(spectrum.pointer).assumingMemoryBound(to: fftw_complex.self)
    unsafe fftw_execute_dft_r2c(plan, samples.pointer, complex)
  }
}
