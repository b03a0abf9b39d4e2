internal import Core
internal import Glibc
internal import Platform
internal import Systemd

/// Encrypts by the helper that systemd starts as root for each connection to its socket.
struct EncryptionClient: CredentialEncryptor {
  /// Where the socket lies when the units are those that are shipped.
  static let defaultPath = "/run/tokenroll-encrypt/socket"
  /// The units that have to be there.
  static let unitName = "tokenroll-encrypt.socket"

  let path: String
  let timeLimit: TimeSpan

  /// The helper at `path`, else at that of `$TOKENROLL_ENCRYPT_SOCKET`, else where the units have it.
  init(path: String? = nil, timeLimit: TimeSpan = SystemdCreds.timeLimit) {
    self.path = path ?? environmentDirectory("TOKENROLL_ENCRYPT_SOCKET") ?? Self.defaultPath
    self.timeLimit = timeLimit
  }

  @RotationActor func encrypt(_ secret: Secret, as name: String) async throws(SystemError) -> EncryptedSecret
  {
    SignalSource.ignoreBrokenPipes()
    let conversation = try EncryptionConversation(
      path, request: EncryptionMessage(.encrypt, name: name, body: secret))
    let reply = try await conversation.reply(within: timeLimit)
    let lines = reply.text.split(separator: "\n").map(String.init)
    guard reply.word == .encrypted else {
      let reason = lines.first.map { String($0.prefix(500)) } ?? "without a reason"
      throw SystemError(
        "cannot encrypt by", "the helper at \(path)", code: 0,
        context:
          "it refuses: \(secret.occurs(in: reason) ? "with a reason that is not repeated here" : reason)")
    }
    guard lines.allSatisfy(EncryptedSecret.isPart) else {
      throw SystemError(
        "cannot encrypt by", "the helper at \(path)", code: 0, context: "what it answers is no credential")
    }
    return try EncryptedSecret(lines, of: secret)
  }
}
