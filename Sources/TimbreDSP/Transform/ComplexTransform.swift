import CFFTW
import Synchronization

/// The transform of `length` complex numbers in single precision, real and imaginary parts interleaved, both ways, without scaling.
///
/// Plans are estimated, as `FourierTransform` says why.
@safe final class ComplexTransform: @unchecked Sendable {
  let length: Int
  private let forwardPlan: fftwf_plan?
  private let inversePlan: fftwf_plan?

  private static let cache = Cache<Int, ComplexTransform>()
  static func of(length: Int) -> ComplexTransform { cache.value(for: length) { ComplexTransform(length: length) } }

  private init(length: Int) {
    self.length = length
    (unsafe forwardPlan, unsafe inversePlan) = unsafe planner.withLock { _ in
      // Plans hold for all buffers aligned like these two.
      let (a, b) = (
        AlignedBuffer<Float>(count: 2 * length, filledWith: 0), AlignedBuffer<Float>(count: 2 * length, filledWith: 0)
      )
      let flags = UInt32(FFTW_ESTIMATE)
      return unsafe (
        fftwf_plan_dft_1d(Int32(length), Self.complex(a), Self.complex(b), FFTW_FORWARD, flags),
        fftwf_plan_dft_1d(Int32(length), Self.complex(a), Self.complex(b), FFTW_BACKWARD, flags)
      )
    }
  }

  deinit {
    planner.withLock { _ in
      unsafe fftwf_destroy_plan(forwardPlan)
      unsafe fftwf_destroy_plan(inversePlan)
    }
  }

  private static func complex(_ buffer: AlignedBuffer<Float>) -> UnsafeMutablePointer<fftwf_complex> {
    unsafe UnsafeMutableRawPointer(buffer.pointer).assumingMemoryBound(to: fftwf_complex.self)
  }

  /// Leaves `numbers` as they are, as does `inverse`.
  func forward(_ numbers: AlignedBuffer<Float>, into spectrum: AlignedBuffer<Float>) {
    precondition(numbers.count >= 2 * length && spectrum.count >= 2 * length)
    unsafe fftwf_execute_dft(forwardPlan, Self.complex(numbers), Self.complex(spectrum))
  }

  /// The inverse, `length` times too large.
  func inverse(_ spectrum: AlignedBuffer<Float>, into numbers: AlignedBuffer<Float>) {
    precondition(numbers.count >= 2 * length && spectrum.count >= 2 * length)
    unsafe fftwf_execute_dft(inversePlan, Self.complex(spectrum), Self.complex(numbers))
  }
}
