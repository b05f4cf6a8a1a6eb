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
    registry.register(TimeStretch.self)
    registry.register(PitchShift.self)

    registry.register(Conv1D.self)
    return registry
  }
}
