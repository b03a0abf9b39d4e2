internal import Glibc
public import Platform
internal import Systemd

/// The other end of `EncryptionClient`: carries out one request from standard input, as root.
public enum EncryptionHelper {
  /// Reads a request, has systemd-creds encrypt, and writes the answer to standard output; throws what it answered with,
  /// or why it could not answer.
  @RotationActor public static func serve() async throws(SystemError) {
    let reply: EncryptionMessage
    var failure: SystemError?
    do throws(SystemError) {
      let request = try readRequest()
      let encrypted = try await SystemdCreds.find().encrypt(request.body, as: request.name)
      reply = EncryptionMessage(.encrypted, body: encrypted.content)
    } catch {
      failure = error
      reply = EncryptionMessage(refusal: error.description)
    }
    try write(reply)
    if let failure { throw failure }
  }

  private static func readRequest() throws(SystemError) -> EncryptionMessage {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: EncryptionMessage.mostBytesInAll + 1, alignment: 16)
    defer {
      wipe(buffer)
      buffer.deallocate()
    }
    var filled = 0
    while filled < buffer.count {
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = try attempt("cannot read", "the request") { () throws(Errno) in
        try Syscalls.read(STDIN_FILENO, into: room)
      }
      guard count > 0 else { break }
      filled += count
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
      guard let request = try EncryptionMessage.read(bytes) else { continue }
      guard request.word == .encrypt else { break }
      return request
    }
    throw SystemError("cannot read", "the request", code: 0, context: "it is not one, or not whole")
  }

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
