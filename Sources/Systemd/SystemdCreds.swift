public import Core
internal import Glibc
public import Platform

/// Encrypts with systemd-creds(1), which takes the keys of the machine: the TPM's, or those that root alone can read.
public struct SystemdCreds: CredentialEncryptor {
  /// How long the program may take; a TPM takes up to a second.
  public static let timeLimit = TimeSpan.seconds(30)

  /// The absolute path of the program.
  public let program: String
  private let timeLimit: TimeSpan

  /// What is looked at of the output, in lines of at most 4,096 bytes.
  private static let mostLines = 256

  /// Encrypts with `program`.
  public init(program: String, timeLimit: TimeSpan = Self.timeLimit) {
    self.program = program
    self.timeLimit = timeLimit
  }

  /// The program that `$PATH` leads to; throws where it is not installed.
  public static func find() throws(SystemError) -> SystemdCreds {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    for directory in path.split(separator: ":") where directory.hasPrefix("/") {
      let program = "\(directory)/systemd-creds"
      if access(program, X_OK) == 0 { return SystemdCreds(program: program) }
    }
    throw SystemError(
      "cannot run", "systemd-creds", code: 0,
      context: "it is not in \(path); it comes with systemd, version 250 or later")
  }

  /// Runs the program, with the secret on its standard input.
  @RotationActor public func encrypt(
    _ secret: Secret, as name: String
  ) async throws(SystemError) -> EncryptedSecret {
    let output = Output()
    // Output and messages come in one stream: only errors are wanted of these, and none in the journal.
    let child = ChildProcess(
      program: program, arguments: ["encrypt", "--name=\(name)", "-", "-"],
      environment: ["SYSTEMD_LOG_LEVEL": "err", "SYSTEMD_LOG_TARGET": "console", "SYSTEMD_COLORS": "0"],
      standardInput: secret, timeLimit: timeLimit, grace: .seconds(2))
    let outcome = try await child.run { line in
      if output.lines.count < Self.mostLines { output.lines.append(line) }
    }
    if outcome.wasTerminated {
      throw failure("it did not end within \(timeLimit.abbreviated)", code: ETIMEDOUT)
    }
    switch outcome.ending {
    case .exited(0):
      // A library of the TPM's may have its say beside the credential.
      return try EncryptedSecret(output.lines.filter(EncryptedSecret.isPart), of: secret)
    case .exited(let status):
      let message = output.lines.last { !$0.isEmpty }.map { ": \($0.prefix(300))" } ?? ""
      // Never does it print what it was given; should it, nobody reads it here.
      throw failure("it ended with status \(status)\(secret.occurs(in: message) ? "" : message)")
    case .signalled(let number):
      throw failure("it was ended by signal \(number)")
    }
  }

  private func failure(_ reason: String, code: Int32 = 0) -> SystemError {
    SystemError("cannot encrypt with", program, code: code, context: reason)
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
