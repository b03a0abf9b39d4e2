internal import Core
internal import Glibc
internal import Platform

/// One request to the helper and its answer; nothing in it waits but the caller.
@RotationActor final class EncryptionConversation {
  private let path: String
  private let watch: Watch
  private var timer: BootTimer?
  private let answer = SecretBuffer(capacity: EncryptionMessage.mostBytesInAll + 1)
  /// What fails where it fails.
  private let operation: String
  private var result: Result<EncryptionMessage, SystemError>?
  private var waiter: CheckedContinuation<Result<EncryptionMessage, SystemError>, Never>?

  /// A watch that can be made before what it calls.
  private final class Watch {
    var descriptor: DescriptorWatch?
  }

  /// Connects and sends; throws where nobody listens, or not to this user.
  init(_ path: String, request: EncryptionMessage) throws(SystemError) {
    self.path = path
    operation = request.operation
    watch = Watch()
    let bytes = request.bytes
    do throws(Errno) {
      let socket = try Syscalls.connect(to: path, isBlocking: false)
      let descriptor = socket.rawValue
      // It fits into what the kernel holds for a socket, so that it goes at once or not at all.
      let sent = try bytes.withBytes { (bytes) throws(Errno) in try Syscalls.write(descriptor, bytes) }
      guard sent == bytes.count else { throw Errno(EMSGSIZE) }
      watch.descriptor = try DescriptorWatch(socket) { [weak self] in self?.arrived() }
    } catch {
      throw SystemError(
        "cannot reach", "the helper that encrypts, at \(path)", code: error.code,
        context: Self.advice(error.code))
    }
  }

  private static func advice(_ code: Int32) -> String? {
    switch code {
    case ENOENT, ECONNREFUSED: "nobody listens there; `systemctl enable --now \(EncryptionClient.unitName)`"
    case EACCES: "its socket is for the service's user alone (SocketUser= of \(EncryptionClient.unitName))"
    case EAGAIN: "too many requests wait there"
    default: nil
    }
  }

  /// The answer, or why there is none.
  func reply(within timeLimit: TimeSpan) async throws(SystemError) -> EncryptionMessage {
    do throws(SystemError) {
      let timer = try BootTimer { [weak self] in
        self?.fail(ETIMEDOUT, "it has not answered within \(timeLimit.abbreviated)")
      }
      try timer.schedule(at: SystemClock().bootTime + timeLimit)
      self.timer = timer
    } catch {
      // Without a limit it is not waited for.
      finish(.failure(error))
    }
    let outcome: Result<EncryptionMessage, SystemError>
    if let result { outcome = result } else { outcome = await withCheckedContinuation { waiter = $0 } }
    return try outcome.get()
  }

  private func arrived() {
    guard let descriptor = watch.descriptor?.rawValue else { return }
    guard !answer.room.isEmpty else { return fail(0, "what it answers is too long") }
    do throws(Errno) {
      let count = try Syscalls.read(descriptor, into: answer.room)
      guard count > 0 else { return fail(0, "it closed the connection without an answer") }
      answer.advance(by: count)
    } catch {
      return error.code == EAGAIN ? () : fail(error.code, "the connection broke")
    }
    do throws(SystemError) {
      if let message = try EncryptionMessage.read(answer.content) { finish(.success(message)) }
    } catch {
      fail(0, "what it answers is no answer: \(error)")
    }
  }

  private func fail(_ code: Int32, _ reason: String) {
    finish(.failure(SystemError(operation, "the helper at \(path)", code: code, context: reason)))
  }

  private func finish(_ result: Result<EncryptionMessage, SystemError>) {
    guard self.result == nil else { return }
    self.result = result
    watch.descriptor = nil
    timer = nil
    waiter?.resume(returning: result)
    waiter = nil
  }
}
