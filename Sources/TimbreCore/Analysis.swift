/// What the features of one signal share: an STFT, a mel spectrogram, a tuning estimate. Each is computed once however many ask.
///
/// The modules that compute such things extend `Analysis` with functions of their own, on top of `shared`. An analysis
/// belongs to one task and dies with its signal.
public final class Analysis {
  public let signal: Signal
  /// A table for each type of key: keys of any type in one table would each have to be asked what they are.
  @usableFromInline var stored: [ObjectIdentifier: AnyObject] = [:]
  @usableFromInline var counts: [ObjectIdentifier: (type: Any.Type, number: Int)] = [:]

  /// How many shared things were computed, by the type of their key: for tests that nothing is computed twice.
  public var computations: [String: Int] {
    // A type's name is looked up when somebody asks, because that takes longer than to count.
    Dictionary(counts.values.map { (String(describing: $0.type), $0.number) }, uniquingKeysWith: +)
  }

  public init(of signal: Signal) { self.signal = signal }

  /// The value for `key`, made on first request. The key holds every parameter that the value depends on, and its type
  /// belongs to one kind of value.
  @inlinable
  public func shared<Key: Hashable, Value>(_ key: Key, _ make: () throws -> Value) rethrows -> Value {
    let type = ObjectIdentifier(SharedValues<Key, Value>.self)
    let table: SharedValues<Key, Value>
    if let known = stored[type] as? SharedValues<Key, Value> {
      if let value = known.values[key] { return value }
      table = known
    } else {
      table = SharedValues()
      stored[type] = table
    }
    let value = try make()
    table.values[key] = value
    counts[ObjectIdentifier(Key.self), default: (Key.self, 0)].number += 1
    return value
  }
}

/// Values by keys of one type.
@usableFromInline
final class SharedValues<Key: Hashable, Value> {
  @usableFromInline var values: [Key: Value] = [:]

  @usableFromInline
  init() {}
}
