import CFFTW
import TimbreCore

/// FFTW's wisdom: which plans were the fastest for the transforms of 2,048 samples, librosa's default.
///
/// Plans that are measured anew are others in each run, and with them the last bits; estimated ones take an eighth longer. These were
/// measured once, by `Scripts/fftw-wisdom`, and are the same plans wherever FFTW is of this version and the processor has AVX. Elsewhere
/// FFTW does not take them, and estimates.
enum PlanWisdom {
  /// To be called once, before the first plan is made.
  /// - Returns: A name of the plans that FFTW has taken, "estimated" where it takes none.
  static func take() -> String {
    var taken = ""
    if unsafe fftwf_import_wisdom_from_string(single) != 0 { taken += single }
    if unsafe fftw_import_wisdom_from_string(double) != 0 { taken += double }
    return taken.isEmpty ? "estimated" : String(fingerprint(Array(taken.utf8)).high, radix: 16)
  }

  private static let single = """
    (fftw-3.3.10 fftwf_wisdom #x9e7d4dee #xdb14fed1 #x34bf76a4 #xeb6e8fdf
      (fftwf_codelet_t2fv_32_avx 0 #x11048 #x11048 #x0 #xc6ca45ce #xf08c5f4a #x61a53ade #xe5e374c8)
      (fftwf_codelet_n2fv_32_avx 0 #x11048 #x11048 #x0 #x407181dc #x8a77cb1e #xa88df8c5 #xa32373b5)
      (fftwf_codelet_t1bv_32_avx 0 #x11048 #x11048 #x0 #xd86f0fcc #x804581bb #x5ccfdfba #x14108c49)
      (fftwf_codelet_n2bv_32_avx 0 #x11048 #x11048 #x0 #x9eb2edbf #x922114ae #xb3ba36b9 #x31dd942c)
      (fftwf_dft_vrank_geq1_register 0 #x11048 #x11048 #x0 #xe853b1f8 #xc1de0617 #xc99466bc #x7ce8c470)
      (fftwf_codelet_t1sv_8_avx 0 #x11048 #x11048 #x0 #x4c856f91 #x7aa26fe1 #xe8830982 #x8e3b8b72)
      (fftwf_codelet_t1sv_8_avx 0 #x11048 #x11048 #x0 #xbe797f6d #xcb796038 #x81bd7f65 #xe248759c)
      (fftwf_codelet_n2sv_16_avx 0 #x11048 #x11048 #x0 #x3c400587 #xed0d677a #xa71332c9 #x116925bd)
    )
    """
  private static let double = """
    (fftw-3.3.10 fftw_wisdom #x458a31c8 #x92381c4c #x4f974889 #xcd46f97e
      (fftw_codelet_t2sv_16_avx 0 #x11048 #x11048 #x0 #x4512ce9e #x9135788f #x158699d1 #xc26c8267)
      (fftw_dft_vrank_geq1_register 0 #x11048 #x11048 #x0 #x3531763f #x7ce1e9c2 #x3d989b9a #xbea481d4)
      (fftw_codelet_t1sv_8_avx 0 #x11048 #x11048 #x0 #x34804077 #x54c36b5f #xaf1a418e #x887c5b19)
      (fftw_codelet_n2sv_8_avx 0 #x11048 #x11048 #x0 #x3baf5fef #xf98c0211 #x9e7c9b3d #x16c2d3c3)
    )
    """
}
