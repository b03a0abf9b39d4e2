/// Cuts what arrives on a connection into messages, each of which ends with a NUL (varlink.org).
struct ControlFrames {
  /// The longest message, without its NUL.
  static let limit = 64 << 10

  private var bytes: [UInt8] = []
  /// Bytes at the beginning that hold no NUL.
  private var searched = 0

  /// Takes `more` in; false where the sender is too far ahead or its message too long.
  mutating func append(_ more: UnsafeRawBufferPointer) -> Bool {
    bytes.append(contentsOf: more)
    return bytes.count <= Self.limit + 1
  }

  /// The next whole message.
  mutating func next() -> [UInt8]? {
    guard let end = bytes[searched...].firstIndex(of: 0) else {
      searched = bytes.count
      return nil
    }
    let message = Array(bytes[..<end])
    bytes.removeFirst(end + 1)
    searched = 0
    return message
  }
}
