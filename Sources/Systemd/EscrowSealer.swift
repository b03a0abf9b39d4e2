public import Core
public import Platform

/// The seam to what encrypts secrets for the escrow, and opens them again.
public protocol EscrowSealer: Sendable {
  /// Encrypts `secret` for this machine as that of `roll`.
  ///
  /// Returns within a bounded time. Throws where it could not be encrypted; no part of the secret is in the error.
  @RotationActor func seal(_ secret: Secret, of roll: RollID) async throws(SystemError) -> EncryptedSecret

  /// The secret in `sealed`, the text that `seal` made for `roll`.
  ///
  /// Returns within a bounded time. Throws where it cannot be opened, or is no escrow, or that of another roll.
  @RotationActor func open(_ sealed: Secret, of roll: RollID) async throws(SystemError) -> Secret
}

/// What is encrypted of an escrow: the secret behind a line that says what it is.
///
/// The name of the credential is not enough: systemd-creds opens one without a name under any (systemd-creds(1)).
enum EscrowContent {
  private static let mark = "tokenroll-escrow"
  /// Longer than the line can be.
  private static let mostHeadBytes = 64

  /// `secret` with its line.
  static func marked(_ secret: Secret) -> Secret {
    let head = Array("\(mark) \(secret.count)\n".utf8)
    return Secret(count: head.count + secret.count) { target in
      target.copyBytes(from: head)
      secret.withBytes {
        UnsafeMutableRawBufferPointer(rebasing: target[head.count...]).copyMemory(from: $0)
      }
    }
  }

  /// The secret in `output`, which may have messages of the program before and after; nil where none is marked.
  static func secret(in output: UnsafeRawBufferPointer) -> Secret? {
    let wanted = Array("\(mark) ".utf8)
    var rest = output[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      if rest.starts(with: wanted) {
        guard let end, end - rest.startIndex <= mostHeadBytes else { return nil }
        let digits = String(decoding: rest[(rest.startIndex + wanted.count)..<end], as: UTF8.self)
        guard let count = Int(digits), count > 0, rest.endIndex - (end + 1) >= count else { return nil }
        return Secret(copying: UnsafeRawBufferPointer(rebasing: rest[(end + 1)..<(end + 1 + count)]))
      }
      guard let end else { return nil }
      rest = rest[(end + 1)...]
    }
    return nil
  }
}
