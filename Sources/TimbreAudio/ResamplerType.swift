import TimbreCore

/// A way to change the sample rate, named as librosa's `res_type` names it.
public enum ResamplerType: String, CaseIterable, Sendable, Hashable, ParameterValue {
  case soxrVHQ = "soxr_vhq"
  case soxrHQ = "soxr_hq"
  case soxrMQ = "soxr_mq"
  case soxrLQ = "soxr_lq"
  /// Cubic interpolation: quick, and not band-limited.
  case soxrQQ = "soxr_qq"
  case sincBest = "sinc_best"
  case sincMedium = "sinc_medium"
  case sincFastest = "sinc_fastest"
}
