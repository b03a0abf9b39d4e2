/// A time that may be missing, in the 8 bytes of one that is there: for what is kept of every token.
///
/// The earliest time that a `Timestamp` can hold stands for none.
@propertyWrapper public struct PackedTimestamp: Sendable, Hashable {
  private var microseconds: Int64

  /// The time; nil where there is none.
  public var wrappedValue: Timestamp? {
    get { microseconds == .min ? nil : Timestamp(microseconds: microseconds) }
    set { microseconds = newValue?.microseconds ?? .min }
  }

  /// Holds a time, or that there is none.
  public init(wrappedValue: Timestamp?) { microseconds = wrappedValue?.microseconds ?? .min }
}
