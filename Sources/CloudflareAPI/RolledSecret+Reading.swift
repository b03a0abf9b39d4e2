internal import JSON
internal import Platform

extension RolledSecret {
  /// The secret in `node`; nil only where that is no string, or an empty one: any other is the only copy.
  init?(_ node: JSONNode) {
    let read = node.withUTF8 { bytes in
      bytes.isEmpty ? nil : RolledSecret(secret: Secret(copying: bytes), warning: Self.warning(about: bytes))
    }
    guard case .some(.some(let rolled)) = read else { return nil }
    self = rolled
  }

  /// In what `secret` differs from `cfat_`, 40 characters and a checksum, of 40 to 80 bytes in all: the rest of a sentence
  /// that begins with it.
  static func warning(about secret: UnsafeRawBufferPointer) -> String? {
    var oddities: [String] = []
    if !secret.starts(with: "cfat_".utf8) {
      oddities.append("does not begin with cfat_")
    } else if (40...45).contains(secret.count) {
      oddities.append("is \(secret.count) bytes long, too short for 40 characters and a checksum")
    }
    if !(40...80).contains(secret.count) { oddities.append("is \(secret.count) bytes long, not 40 to 80") }
    if !secret.allSatisfy(isTokenByte) {
      oddities.append("has characters other than letters, digits, underscores and hyphens")
    }
    return oddities.isEmpty ? nil : oddities.joined(separator: " and ")
  }
}
