internal import Configuration
internal import Core
internal import JSON
internal import Platform

/// How a template is filled in, and how the secret is found again in what came of it.
extension Template {
  /// The whole content of the file, in memory that is wiped.
  func render(_ secret: Secret, _ facts: SecretRendering.Facts) -> Secret {
    Secret(
      joining: pieces.map { piece in
        switch piece {
        case .literal(let bytes): bytes.withUnsafeBytes { Secret(copying: $0) }
        case .value(let name, let filter): Self.quote(Self.value(name, secret, facts), filter)
        }
      })
  }

  /// Bytes that the content has at the least, with a secret of the usual length for each value.
  var leastCount: Int {
    pieces.reduce(0) { count, piece in
      if case .literal(let bytes) = piece { count + bytes.count } else { count + 64 }
    }
  }

  private static func value(_ name: Name, _ secret: Secret, _ facts: SecretRendering.Facts) -> Secret {
    switch name {
    case .secret: secret
    case .secretSHA256: secret.sha256Hexadecimal
    case .tokenID: Secret(text: facts.tokenID)
    case .accountID: Secret(text: facts.accountID)
    case .entry: Secret(text: facts.entry)
    case .rolledAt: Secret(text: facts.rolledAt.rfc3339)
    }
  }

  private static func quote(_ value: Secret, _ filter: Filter?) -> Secret {
    switch filter {
    case nil: return value
    case .shell: return EnvironmentValue.quote(value)
    case .json:
      var writer = JSONWriter()
      value.withBytes { writer.value(utf8: $0) }
      return writer.withBytes { Secret(copying: UnsafeRawBufferPointer(rebasing: $0.dropFirst().dropLast())) }
    }
  }

  /// The secret in `content`, where all of that is what this template makes of one of the usual form; else nil.
  ///
  /// Values are found as the longest run of characters that they may have, so none may touch another, nor a character
  /// that could be its own. No filter changes such a value.
  func secret(in content: Secret) -> Secret? {
    content.withBytes { bytes in
      var place = 0
      var found: Slice<UnsafeRawBufferPointer>?
      var isAfterValue = false
      for piece in pieces {
        let rest = bytes[place...]
        switch piece {
        case .literal(let literal):
          guard rest.starts(with: literal) else { return nil }
          place += literal.count
          isAfterValue = false
        case .value(let name, _):
          let run = rest.prefix { Self.isPart($0, of: name) }
          guard !isAfterValue, !run.isEmpty else { return nil }
          if name == .secret {
            if let found, !found.elementsEqual(run) { return nil }
            found = run
          }
          place = run.endIndex
          isAfterValue = true
        }
      }
      guard place == bytes.count, let found else { return nil }
      return Secret(copying: UnsafeRawBufferPointer(rebasing: found))
    }
  }

  private static func isPart(_ byte: UInt8, of name: Name) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
      name == .secret || name == .entry || name == .rolledAt
    case UInt8(ascii: "_"): name == .secret || name == .entry
    case UInt8(ascii: "."): name == .entry
    case UInt8(ascii: ":"): name == .rolledAt
    default: false
    }
  }
}
