import Glibc

/// Writing to descriptors without a buffer in between.
enum Output {
  /// Writes all of `text`; what cannot be written is lost.
  static func write(_ text: String, to descriptor: Int32) {
    _ = write(Array(text.utf8), to: descriptor)
  }

  /// Writes all bytes; false where the system refuses.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 || errno == EINTR else { return false }
      rest = rest.dropFirst(max(0, count))
    }
    return true
  }

  /// What errno says, in words.
  static func reason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
}
