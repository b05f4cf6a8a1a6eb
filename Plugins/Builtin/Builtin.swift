import TimbreAugmenters
import TimbreClassifiers
import TimbreCore
import TimbreDatasets
import TimbreFeatures
import TimbreNN

/// The plugins that come with Timbre: one line each.
public enum Builtin {
  public static func registry() -> Registry {
    prepareOpenBLAS()
    var registry = Registry()
    registry.register(Ravdess.self)
    registry.register(CSVDataset.self)
    registry.register(Folders.self)
    registry.register(Synthetic.self)

    registry.register(ZeroCrossingRate.self)
    registry.register(ChromaSTFT.self)
    registry.register(MFCC.self)
    registry.register(RMS.self)
    registry.register(MelSpectrogram.self)
    registry.register(Delta.self)
    registry.register(HPSS.self)
    registry.register(PCEN.self)
    registry.register(PolyFeatures.self)
    registry.register(ReassignedSpectrogram.self)
    registry.register(STFT.self)
    registry.register(SpectralBandwidth.self)
    registry.register(SpectralCentroid.self)
    registry.register(SpectralContrast.self)
    registry.register(SpectralFlatness.self)
    registry.register(SpectralRolloff.self)
    registry.register(ChromaCENS.self)
    registry.register(ChromaCQT.self)
    registry.register(ChromaVQT.self)
    registry.register(CQT.self)
    registry.register(HybridCQT.self)
    registry.register(IIRT.self)
    registry.register(Tonnetz.self)
    registry.register(VQT.self)
    registry.register(Formants.self)
    registry.register(HarmonicsToNoise.self)
    registry.register(Jitter.self)
    registry.register(LongTermAverageSpectrum.self)
    registry.register(Shimmer.self)
    registry.register(EstimateTuning.self)
    registry.register(Piptrack.self)
    registry.register(PYin.self)
    registry.register(Yin.self)

    registry.register(BackgroundNoise.self)
    registry.register(BandPass.self)
    registry.register(ClippingDistortion.self)
    registry.register(Codec.self)
    registry.register(Deemphasis.self)
    registry.register(Gain.self)
    registry.register(Harmonic.self)
    registry.register(HighPass.self)
    registry.register(ImpulseResponse.self)
    registry.register(LowPass.self)
    registry.register(FourierTempogram.self)
    registry.register(OnsetStrength.self)
    registry.register(OnsetStrengthMulti.self)
    registry.register(PLP.self)
    registry.register(Tempo.self)
    registry.register(Tempogram.self)
    registry.register(TempogramRatio.self)

    registry.register(AmplitudeToDB.self)
    registry.register(NNFilter.self)
    registry.register(Normalize.self)
    registry.register(PowerToDB.self)
    registry.register(StackMemory.self)

    registry.register(Noise.self)
    registry.register(NoiseSNR.self)
    registry.register(Percussive.self)
    registry.register(PitchShift.self)
    registry.register(PolarityInversion.self)
    registry.register(Preemphasis.self)
    registry.register(Remix.self)
    registry.register(Resample.self)
    registry.register(Shift.self)
    registry.register(SpecAugment.self)
    registry.register(Split.self)
    registry.register(TimeMask.self)
    registry.register(TimeStretch.self)
    registry.register(Trim.self)

    registry.register(Conv1D.self)
    return registry
  }
}
