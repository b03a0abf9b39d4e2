import Synchronization

/// A request on its connection, from its first byte to the end of its answer.
final class Exchange: Sendable {
  /// What is done with the connection once it is resumed.
  enum Outcome: Sendable {
    case answer(Answer)
    /// The connection is closed without another byte.
    case drop
  }

  private enum Phase: Sendable {
    case receiving([UInt8])
    /// Waiting for an outcome; whoever has one first resolves it.
    case suspended
    /// A thread of ours writes to the socket.
    case held
    case resolved(Outcome)
    case ended
  }

  /// What the server has to do when libmicrohttpd calls for the request.
  enum Turn: Sendable {
    case handle(body: [UInt8])
    case finish(Outcome)
    case wait
  }

  /// The longest body that is accepted, in bytes.
  static let maxBody = 1 << 20

  let connection: Connection
  let ray = Randomness.ray()
  private let phase = Mutex(Phase.receiving([]))

  init(_ connection: Connection) { self.connection = connection }

  /// Takes a part of the body; of one that is too long, only as much as shows that it is.
  func receive(_ bytes: UnsafeRawBufferPointer) {
    phase.withLock { phase in
      guard case .receiving(var body) = phase, body.count <= Self.maxBody else { return }
      phase = .ended  // so that the body has one owner and grows in place
      body.append(contentsOf: bytes)
      phase = .receiving(body)
    }
  }

  func turn() -> Turn {
    phase.withLock { phase in
      switch phase {
      case .receiving(let body):
        phase = .ended
        return .handle(body: body)
      case .resolved(let outcome):
        phase = .ended
        return .finish(outcome)
      case .suspended, .held, .ended:
        return .wait
      }
    }
  }
}

// MARK: - Suspension

extension Exchange {
  /// Takes the connection from libmicrohttpd until the exchange is resolved.
  func suspend() {
    phase.withLock { $0 = .suspended }
    connection.suspend()
  }

  /// Settles a suspended exchange; nothing happens where it is settled already, or held.
  func resolve(_ outcome: Outcome) {
    let isFirst = phase.withLock { phase in
      guard case .suspended = phase else { return false }
      phase = .resolved(outcome)
      return true
    }
    if isFirst { connection.resume() }
  }

  /// Takes the socket for writing; false where the exchange is settled already.
  func hold() -> Bool {
    phase.withLock { phase in
      guard case .suspended = phase else { return false }
      phase = .held
      return true
    }
  }

  /// Gives the socket back, to go on waiting for an outcome.
  func unhold() { phase.withLock { $0 = .suspended } }

  /// Gives the socket back; the connection is closed.
  func release() {
    unhold()
    resolve(.drop)
  }
}
