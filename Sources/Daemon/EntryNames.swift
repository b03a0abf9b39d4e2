/// Makes names of entries from names of tokens, each different.
struct EntryNames {
  private var taken: Set<String> = []
  private static let most = 64

  /// A name of 1 to 64 letters, digits, `.`, `_` and `-`, a letter or digit first, that was not given yet.
  mutating func take(_ token: String) -> String {
    var bytes: [UInt8] = []
    for byte in token.utf8 {
      if Self.isPlain(byte) {
        bytes.append(byte)
      } else if let last = bytes.last, last != UInt8(ascii: "-") {
        bytes.append(UInt8(ascii: "-"))
      }
    }
    let start = bytes.firstIndex(where: Self.isAlphanumeric) ?? bytes.endIndex
    var stem = String(decoding: bytes[start...].prefix(Self.most), as: UTF8.self)
    while stem.last == "-" { stem.removeLast() }
    if stem.isEmpty { stem = "token" }
    var name = stem
    var number = 1
    while !taken.insert(name).inserted {
      number += 1
      let suffix = "-\(number)"
      name = stem.prefix(Self.most - suffix.utf8.count) + suffix
    }
    return name
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
  }
}
