import CSamplerate

extension ResamplerType {
  /// libsamplerate's number of the converter; nil for the types of libsoxr.
  var samplerateConverter: Int32? {
    switch self {
    case .sincBest: Int32(SRC_SINC_BEST_QUALITY)
    case .sincMedium: Int32(SRC_SINC_MEDIUM_QUALITY)
    case .sincFastest: Int32(SRC_SINC_FASTEST)
    case .soxrVHQ, .soxrHQ, .soxrMQ, .soxrLQ, .soxrQQ: nil
    }
  }
}

/// `samplerate.resample` of python-samplerate for one channel: the whole signal in one call, at most `count` samples out.
func samplerateResample(_ samples: [Float], ratio: Double, converter: Int32, count: Int) throws -> [Float] {
  var status: Int32 = 0
  let output = unsafe [Float](unsafeUninitializedCapacity: count) { output, written in
    unsafe samples.withUnsafeBufferPointer { input in
      var job = unsafe SRC_DATA()
      unsafe job.data_in = input.baseAddress
      unsafe job.data_out = output.baseAddress
      unsafe job.input_frames = input.count
      unsafe job.output_frames = count
      unsafe job.src_ratio = ratio
      status = unsafe src_simple(&job, converter, 1)
      written = status == 0 ? unsafe job.output_frames_gen : 0
    }
  }
  if status != 0 {
    let text = unsafe src_strerror(status)
    throw Resampler.failure("libsamplerate", unsafe text.map { unsafe String(cString: $0) } ?? "error \(status)")
  }
  return output
}
