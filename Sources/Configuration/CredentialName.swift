internal import Core

/// The rules for the name of a credential of a unit (systemd.exec(5), LoadCredential=).
public enum CredentialName {
  /// The longest name, in bytes.
  public static let mostBytes = 255

  /// Why `name` is refused, as what follows its quotation; nil where it is good.
  public static func refusal(of name: String) -> String? {
    let isGood =
      1...mostBytes ~= name.utf8.count && name != "." && name != ".."
      && name.utf8.allSatisfy {
        (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":")
      }
    guard isGood else {
      return
        "is not the name of a credential: 1 to \(mostBytes) printable ASCII characters, neither \"/\" nor \":\""
    }
    // The helper decrypts what is named so, and nothing else.
    return name.hasPrefix(EscrowCredential.prefix)
      ? "is a name of the escrow: no credential's may begin with \"\(EscrowCredential.prefix)\"" : nil
  }
}
