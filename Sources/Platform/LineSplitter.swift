/// Makes lines of bytes that arrive in pieces of any size.
struct LineSplitter {
  /// The longest line, in bytes; what follows in a longer one begins a new line.
  static let maximumLength = 4_096

  private var pending: [UInt8] = []

  /// Takes `bytes` and returns the lines that they complete, without their newlines.
  mutating func add(_ bytes: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        lines.append(take())
      } else {
        pending.append(byte)
        if pending.count == Self.maximumLength { lines.append(take()) }
      }
    }
    return lines
  }

  /// The last line where it did not end in a newline.
  mutating func finish() -> String? { pending.isEmpty ? nil : take() }

  private mutating func take() -> String {
    defer { pending.removeAll(keepingCapacity: true) }
    return String(decoding: pending, as: UTF8.self)
  }
}
