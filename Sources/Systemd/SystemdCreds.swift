public import Core
internal import Glibc
public import Platform

/// Encrypts, and opens escrows, with systemd-creds(1), which takes the keys of the machine: the TPM's, or those that root
/// alone can read.
public struct SystemdCreds: CredentialEncryptor, EscrowSealer {
  /// How long the program may take; a TPM takes up to a second.
  public static let timeLimit = TimeSpan.seconds(30)

  /// The absolute path of the program.
  public let program: String
  private let timeLimit: TimeSpan

  /// What is looked at of the output, in lines of at most 4,096 bytes.
  private static let mostLines = 256
  /// What is looked at of the output where it is a secret.
  private static let mostOutput = 64 << 10

  /// Encrypts with `program`.
  public init(program: String, timeLimit: TimeSpan = Self.timeLimit) {
    self.program = program
    self.timeLimit = timeLimit
  }

  /// The program that `$PATH` leads to; throws where it is not installed.
  public static func find(timeLimit: TimeSpan = Self.timeLimit) throws(SystemError) -> SystemdCreds {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    for directory in path.split(separator: ":") where directory.hasPrefix("/") {
      let program = "\(directory)/systemd-creds"
      if access(program, X_OK) == 0 { return SystemdCreds(program: program, timeLimit: timeLimit) }
    }
    throw SystemError(
      "cannot run", "systemd-creds", code: 0,
      context: "it is not in \(path); it comes with systemd, version 250 or later")
  }

  /// Runs the program, with the secret on its standard input.
  @RotationActor public func encrypt(
    _ secret: Secret, as name: String
  ) async throws(SystemError) -> EncryptedSecret {
    try await encrypt(secret, as: name, hiding: secret)
  }

  /// Encrypts `content`, which has `secret` in it.
  @RotationActor private func encrypt(
    _ content: Secret, as name: String, hiding secret: Secret
  ) async throws(SystemError) -> EncryptedSecret {
    let output = Output()
    let outcome = try await child("encrypt", name, content).run { line in
      if output.lines.count < Self.mostLines { output.lines.append(line) }
    }
    // Never does it print what it was given; should it, nobody reads it here.
    let message = output.lines.last { !$0.isEmpty && !secret.occurs(in: $0) }
    try judge(outcome, "cannot encrypt with", message)
    // A library of the TPM's may have its say beside the credential.
    return try EncryptedSecret(output.lines.filter(EncryptedSecret.isPart), of: content)
  }

  /// Encrypts `secret` under the name of the escrow of `roll`, behind a line that says what it is.
  @RotationActor public func seal(
    _ secret: Secret, of roll: RollID
  ) async throws(SystemError) -> EncryptedSecret {
    try await encrypt(EscrowContent.marked(secret), as: EscrowCredential.name(of: roll), hiding: secret)
  }

  /// Runs the program, which goes by the name, and gives out what is marked as an escrow.
  @RotationActor public func open(_ sealed: Secret, of roll: RollID) async throws(SystemError) -> Secret {
    let operation = "cannot decrypt with"
    let buffer = SecretBuffer(capacity: Self.mostOutput)
    let outcome = try await child("decrypt", EscrowCredential.name(of: roll), sealed)
      .runSecretly(onOutput: { buffer.append($0) })
    var message: String?
    // What it has decrypted it prints only where it succeeds.
    if outcome.ending != .exited(0) {
      message = String(decoding: buffer.content, as: UTF8.self).split(separator: "\n").last.map(String.init)
    }
    try judge(outcome, operation, message)
    guard let secret = EscrowContent.secret(in: buffer.content) else {
      throw SystemError(
        operation, program, code: 0,
        context: "what it decrypted is not the escrow of a secret, and is not given out")
    }
    return secret
  }

  /// Output and messages come in one stream: only errors are wanted of these, and none in the journal.
  private func child(_ verb: String, _ name: String, _ input: Secret) -> ChildProcess {
    ChildProcess(
      program: program, arguments: [verb, "--name=\(name)", "-", "-"],
      environment: ["SYSTEMD_LOG_LEVEL": "err", "SYSTEMD_LOG_TARGET": "console", "SYSTEMD_COLORS": "0"],
      standardInput: input, timeLimit: timeLimit, grace: .seconds(2))
  }

  /// Throws where the program has not done what it was to do; `message` is what it said last.
  private func judge(
    _ outcome: ChildProcess.Outcome, _ operation: String, _ message: String?
  ) throws(SystemError) {
    let reason: String
    switch outcome.ending {
    case _ where outcome.wasTerminated:
      throw SystemError(
        operation, program, code: ETIMEDOUT, context: "it did not end within \(timeLimit.abbreviated)")
    case .exited(0): return
    case .exited(let status):
      reason = "it ended with status \(status)\(message.map { ": \($0.prefix(300))" } ?? "")"
    case .signalled(let number): reason = "it was ended by signal \(number)"
    }
    throw SystemError(operation, program, code: 0, context: reason)
  }

  @RotationActor private final class Output {
    var lines: [String] = []
  }
}

extension Secret {
  /// Whether `text` has the secret in it.
  package func occurs(in text: String) -> Bool {
    let text = Array(text.utf8)
    return withBytes { bytes in
      !bytes.isEmpty && text.count >= bytes.count
        && (0...text.count - bytes.count).contains { text[$0...].starts(with: bytes) }
    }
  }
}
