/// Offsets that spread entries over time and need no memory: the same entry on the same machine always gets the same.
public enum Jitter {
  /// The key made of the 16 bytes of a machine id (machine-id(5)); nil for any other number of bytes.
  public static func key(machineID bytes: [UInt8]) -> (UInt64, UInt64)? {
    guard bytes.count == 16 else { return nil }
    func word(_ part: ArraySlice<UInt8>) -> UInt64 { part.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    return (word(bytes[..<8]), word(bytes[8...]))
  }

  /// The entry's own offset in `0..<within`, evenly spread over all names; zero where `within` is not positive.
  public static func offset(
    for name: String, machineID: (UInt64, UInt64), within: TimeSpan
  ) -> TimeSpan {
    scale(SipHash.hash(name.utf8Span.span, key: machineID), to: within)
  }

  /// An offset in `0..<within` that differs from salt to salt for the same name, as a retry or a restart wants it.
  public static func offset(
    for name: String, salt: UInt64, machineID: (UInt64, UInt64), within: TimeSpan
  ) -> TimeSpan {
    // 0xFF occurs in no UTF-8 text: no name and salt together equal another name.
    let salted =
      Array(name.utf8) + [0xFF] + (0..<8).map { UInt8(truncatingIfNeeded: salt >> (UInt64($0) * 8)) }
    return scale(SipHash.hash(salted.span, key: machineID), to: within)
  }

  private static func scale(_ hash: UInt64, to span: TimeSpan) -> TimeSpan {
    guard span > .zero else { return .zero }
    return TimeSpan(microseconds: Int64(hash.multipliedFullWidth(by: UInt64(span.microseconds)).high))
  }
}
