import RealModule
import TimbreCore

extension CosineTransform {
  private struct Key: Hashable { var transform: CosineTransform, inputs: Int, outputs: Int, lifter: Double }
  private static let cache = Cache<Key, DenseBank>()

  /// What `apply` made `source` of, coefficients that were left out taken as 0: frames × `outputs`.
  /// - Throws: A diagnostic when liftering has made a coefficient vanish.
  public func undo(_ source: Spectrogram, outputs: Int, lifter: Double = 0) throws -> Spectrogram {
    let inputs = source.bins
    precondition(inputs <= outputs && (type != 1 || outputs > 1), "as many coefficients as outputs at most")
    let bank = try Self.cache.value(for: Key(transform: self, inputs: inputs, outputs: outputs, lifter: lifter)) {
      let lifts = (1...inputs).map { lifter > 0 ? 1 + lifter / 2 * .sin(.pi * Double($0) / lifter) : 1 }
      if let lost = lifts.firstIndex(where: { abs($0) < Double(Float.ulpOfOne) }) {
        throw Diagnostic(
          .invalidParameters, "lifter (\(short(lifter))) makes coefficient \(lost) vanish, which cannot be undone",
          help: "change lifter, or lower n_mfcc to at most \(lost)")
      }
      let size = Double(outputs)
      let scale = ortho ? 1 : 1 / (2 * (type == 1 ? size - 1 : size))
      let inverse = CosineTransform(type: [1: 1, 2: 3, 3: 2][type] ?? type, ortho: ortho)
      return DenseBank(rows: outputs, columns: inputs) { band, coefficient in
        Float(inverse.weight(band, coefficient, count: outputs) * scale / lifts[coefficient])
      }
    }
    return bank.apply(to: source)
  }
}
