internal import Glibc
public import Platform
internal import Systemd

/// The other end of `EncryptionClient`: carries out one request from standard input, as root.
public enum EncryptionHelper {
  /// Reads a request, has systemd-creds encrypt or open an escrow, and writes the answer to standard output; throws what it
  /// answered with, or why it could not answer.
  @RotationActor public static func serve() async throws(SystemError) {
    let reply: EncryptionMessage
    var failure: SystemError?
    do throws(SystemError) {
      reply = try await answer(to: try readRequest())
    } catch {
      failure = error
      reply = EncryptionMessage(refusal: error.description)
    }
    try write(reply)
    if let failure { throw failure }
  }

  @RotationActor private static func answer(
    to request: EncryptionMessage
  ) async throws(SystemError) -> EncryptionMessage {
    switch (request.word, request.roll) {
    case (.encrypt, _):
      let encrypted = try await SystemdCreds.find().encrypt(request.body, as: request.name)
      return EncryptionMessage(.encrypted, body: encrypted.content)
    case (.seal, let roll?):
      let sealed = try await SystemdCreds.find().seal(request.body, of: roll)
      return EncryptionMessage(.encrypted, body: sealed.content)
    case (.open, let roll?):
      return EncryptionMessage(.opened, body: try await SystemdCreds.find().open(request.body, of: roll))
    default:
      throw noRequest
    }
  }

  @RotationActor private static func readRequest() throws(SystemError) -> EncryptionMessage {
    let buffer = SecretBuffer(capacity: EncryptionMessage.mostBytesInAll + 1)
    while !buffer.room.isEmpty {
      let room = buffer.room
      let count = try attempt("cannot read", "the request") { () throws(Errno) in
        try Syscalls.read(STDIN_FILENO, into: room)
      }
      guard count > 0 else { break }
      buffer.advance(by: count)
      if let request = try EncryptionMessage.read(buffer.content) { return request }
    }
    throw noRequest
  }

  private static let noRequest = SystemError(
    "cannot read", "the request", code: 0, context: "it is not one, or not whole")

  private static func write(_ reply: EncryptionMessage) throws(SystemError) {
    try attempt("cannot write", "the answer") { () throws(Errno) in
      try reply.bytes.withBytes { (bytes) throws(Errno) in
        var sent = 0
        while sent < bytes.count {
          sent += try Syscalls.write(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: bytes[sent...]))
        }
      }
    }
  }
}
