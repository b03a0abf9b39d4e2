internal import Platform

/// The value of an assignment in a file for EnvironmentFile= (systemd.exec(5)) that a shell reads the same way.
///
/// What the API issues needs no quotes; anything else is put in double quotes, with a backslash before the characters
/// that have a meaning there.
enum EnvironmentValue {
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "@"):
      true
    default: false
    }
  }

  private static func needsBackslash(_ byte: UInt8) -> Bool {
    [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`")].contains(byte)
  }

  /// `value` as it stands after the `=`.
  static func quote(_ value: Secret) -> Secret {
    value.withBytes { bytes in
      guard !bytes.allSatisfy(isPlain) else { return value }
      let count = bytes.reduce(2) { $0 + (needsBackslash($1) ? 2 : 1) }
      return Secret(count: count) { target in
        target[0] = UInt8(ascii: "\"")
        var place = 1
        for byte in bytes {
          if needsBackslash(byte) {
            target[place] = UInt8(ascii: "\\")
            place += 1
          }
          target[place] = byte
          place += 1
        }
        target[place] = UInt8(ascii: "\"")
      }
    }
  }

  /// What `quote` was given; `text` begins after the `=` and goes on to the end of the file.
  static func unquote(_ text: Slice<UnsafeRawBufferPointer>) -> Secret? {
    guard text.first == UInt8(ascii: "\"") else {
      let line = text.prefix { $0 != UInt8(ascii: "\n") }
      return line.isEmpty ? nil : Secret(copying: UnsafeRawBufferPointer(rebasing: line))
    }
    var kept: [Int] = []
    var index = text.startIndex + 1
    while index < text.endIndex, text[index] != UInt8(ascii: "\"") {
      if text[index] == UInt8(ascii: "\\"), index + 1 < text.endIndex, needsBackslash(text[index + 1]) {
        index += 1
      }
      kept.append(index)
      index += 1
    }
    guard index < text.endIndex else { return nil }
    return Secret(count: kept.count) { target in
      for (place, index) in kept.enumerated() { target[place] = text[index] }
    }
  }
}
