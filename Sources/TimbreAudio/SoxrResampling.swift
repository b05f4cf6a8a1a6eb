import CSoxr

extension ResamplerType {
  /// The recipe number that python-soxr uses for the same name.
  package var soxrRecipe: UInt {
    switch self {
    case .soxrVHQ: UInt(SOXR_28_BITQ)
    case .soxrMQ: UInt(SOXR_MQ)
    case .soxrLQ: UInt(SOXR_LQ)
    case .soxrQQ: UInt(SOXR_QQ)
    default: UInt(SOXR_20_BITQ)
    }
  }
}

/// libsoxr fills tables shared by all resamplers of the process the first time it runs, and only locks later growth: make
/// that first time happen once, whichever thread comes first.
private let soxrTables: Void = {
  for recipe in [UInt(SOXR_20_BITQ), UInt(SOXR_28_BITQ)] {
    _ = try? soxrStream([Float](repeating: 0, count: 64), from: 2, to: 1, recipe: recipe, capacity: 64)
  }
}()

/// `soxr.resample` of python-soxr 1.x for one channel of float32: default input, output and run-time settings, in pieces
/// that fit the processor's cache (libsoxr slows down when it is handed a long signal at once), then a flush.
package func soxrResample(
  _ samples: [Float], from: Double, to: Double, recipe: UInt, count: Int
) throws -> [Float] {
  _ = soxrTables
  return try soxrStream(samples, from: from, to: to, recipe: recipe, capacity: count + 1)
}

/// The first `count` samples of what `soxrResample` gives, which takes no more of the signal than libsoxr needs for them.
func soxrBeginning(_ samples: [Float], from: Double, to: Double, recipe: UInt, count: Int) throws -> [Float] {
  _ = soxrTables
  return try soxrStream(samples, from: from, to: to, recipe: recipe, capacity: count, piece: 256)
}

private func soxrStream(
  _ samples: [Float], from: Double, to: Double, recipe: UInt, capacity: Int, piece: Int? = nil
) throws -> [Float] {
  var problem: soxr_error_t?
  var format = unsafe soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I)
  var quality = unsafe soxr_quality_spec(recipe, 0)
  let made = unsafe soxr_create(from, to, 1, &problem, &format, &quality, nil)
  guard let soxr = unsafe made, unsafe problem == nil else {
    throw Resampler.failure("libsoxr", unsafe problem.map { unsafe String(cString: $0) } ?? "out of memory")
  }
  defer { unsafe soxr_delete(soxr) }
  let piece = piece ?? max(1, Int(8192 * from / to))
  let output = unsafe [Float](unsafeUninitializedCapacity: capacity) { output, written in
    unsafe samples.withUnsafeBufferPointer { input in
      guard let source = input.baseAddress, let target = output.baseAddress else { return }
      var position = 0
      var done = 0
      while position < input.count, written < capacity, unsafe problem == nil {
        let length = min(piece, input.count - position)
        unsafe problem = soxr_process(soxr, source + position, length, nil, target + written, capacity - written, &done)
        position += length
        written += done
      }
      if written < capacity, unsafe problem == nil {
        unsafe problem = soxr_process(soxr, nil, 0, nil, target + written, capacity - written, &done)
        written += done
      }
    }
  }
  if let text = unsafe problem { throw Resampler.failure("libsoxr", unsafe String(cString: text)) }
  return output
}
