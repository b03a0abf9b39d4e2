public import Platform

/// A secret as an encrypted credential of systemd: text in Base64, as LoadCredentialEncrypted= reads it (systemd.exec(5)).
///
/// Two encryptions of one secret never give the same text.
public struct EncryptedSecret: Sendable {
  /// The file's content.
  public let content: Secret

  /// The largest text, in bytes; with a TPM it has about one thousand.
  public static let mostBytes = 16 << 10
  /// What is added to a secret at the least: the kind of key, initialization vector and tag, and the sizes of these.
  private static let leastOverhead = 32

  /// The text of an encryption of `secret`; throws where it can be none.
  public init(_ lines: some Sequence<String>, of secret: Secret) throws(SystemError) {
    let text = lines.map { $0 + "\n" }.joined()
    let digits = text.utf8.count { $0 != UInt8(ascii: "\n") }
    guard digits % 4 == 0, digits / 4 * 3 >= secret.count + Self.leastOverhead,
      text.utf8.count <= Self.mostBytes
    else {
      throw SystemError(
        "cannot use", "what should be an encrypted credential", code: 0,
        context: "it has \(text.utf8.count) bytes, which cannot be an encryption of \(secret.count)")
    }
    content = Secret(count: text.utf8.count) { $0.copyBytes(from: text.utf8) }
  }

  /// Whether `line` is all Base64, and so part of a credential and no message.
  public static func isPart(_ line: String) -> Bool {
    !line.isEmpty
      && line.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
          true
        default: false
        }
      }
  }
}
