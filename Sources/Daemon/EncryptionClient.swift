internal import Core
internal import Glibc
internal import Platform
internal import Systemd

/// Encrypts, and opens escrows, by the helper that systemd starts as root for each connection to its socket.
struct EncryptionClient: CredentialEncryptor, EscrowSealer {
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
    try await encrypted(EncryptionMessage(.encrypt, name: name, body: secret))
  }

  @RotationActor func seal(_ secret: Secret, of roll: RollID) async throws(SystemError) -> EncryptedSecret {
    try await encrypted(EncryptionMessage(.seal, name: roll.description, body: secret))
  }

  @RotationActor func open(_ sealed: Secret, of roll: RollID) async throws(SystemError) -> Secret {
    let request = EncryptionMessage(.open, name: roll.description, body: sealed)
    let reply = try await reply(to: request)
    guard reply.word == .opened else { throw refusal(reply, to: request) }
    return reply.body
  }

  @RotationActor private func encrypted(
    _ request: EncryptionMessage
  ) async throws(SystemError) -> EncryptedSecret {
    let reply = try await reply(to: request)
    guard reply.word == .encrypted else { throw refusal(reply, to: request) }
    let lines = reply.text.split(separator: "\n").map(String.init)
    guard lines.allSatisfy(EncryptedSecret.isPart) else {
      throw SystemError(
        request.operation, "the helper at \(path)", code: 0, context: "what it answers is no credential")
    }
    return try EncryptedSecret(lines, of: request.body)
  }

  @RotationActor private func reply(
    to request: EncryptionMessage
  ) async throws(SystemError) -> EncryptionMessage {
    SignalSource.ignoreBrokenPipes()
    return try await EncryptionConversation(path, request: request).reply(within: timeLimit)
  }

  /// What `reply` says in the place of what was asked for; its words are repeated only where it is a refusal, and what was
  /// sent does not occur in them.
  private func refusal(_ reply: EncryptionMessage, to request: EncryptionMessage) -> SystemError {
    let context: String
    if reply.word == .refused {
      let reason =
        reply.text.split(separator: "\n").first.map { String($0.prefix(500)) } ?? "without a reason"
      context =
        "it refuses: \(request.body.occurs(in: reason) ? "with a reason that is not repeated here" : reason)"
    } else {
      context = "what it answers is no answer to that"
    }
    return SystemError(request.operation, "the helper at \(path)", code: 0, context: context)
  }
}
