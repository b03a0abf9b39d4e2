internal import Core
internal import Dispatch
internal import Glibc
internal import Platform

/// A client of the control socket: what it sent and what it is still to be sent, both bounded.
///
/// Nothing here waits. One call is carried out at a time, and the next only when the replies to it were taken and all
/// others in the queue have had their turn.
@RotationActor final class ControlConnection {
  /// Bytes that a client may leave unread before it is cut off.
  nonisolated static let outputLimit = 1 << 20

  nonisolated let peer: ControlPeer
  /// The boot time of the last sign of life.
  private(set) var lastActive: TimeSpan
  /// The call in hand.
  private(set) var exchange: ControlExchange?

  private let clock: any Clock
  private let onCall: @RotationActor (ControlExchange) -> Void
  private let onClose: @RotationActor (ControlConnection) -> Void
  private var socket: FileDescriptor?
  /// Each watches a number of its own for the socket, since it closes what it watches.
  private var reading: DescriptorWatch?
  /// Only while the client does not take what it is sent.
  private var writing: DescriptorWatch?
  private var input = ControlFrames()
  private var output: [UInt8] = []
  private var sent = 0
  private var hasEnded = false
  private var isStepPending = false
  private static let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 1)

  /// Serves the client on `socket`, which does not block.
  init(
    _ socket: consuming FileDescriptor, peer: ControlPeer, clock: any Clock,
    onCall: @escaping @RotationActor (ControlExchange) -> Void,
    onClose: @escaping @RotationActor (ControlConnection) -> Void
  ) throws(Errno) {
    self.peer = peer
    self.clock = clock
    self.onCall = onCall
    self.onClose = onClose
    lastActive = clock.bootTime
    let copy = try Syscalls.duplicate(socket.rawValue)
    self.socket = consume socket
    reading = try DescriptorWatch(copy) { [weak self] in self?.read() }
  }

  /// Whether the connection ends when nothing happens: a call in hand may take its time, unless its replies are not taken.
  var isWaitingForClient: Bool { exchange == nil || !output.isEmpty }

  /// Whether it is open.
  private(set) var isOpen = true

  func close() {
    guard isOpen else { return }
    isOpen = false
    socket = nil
    reading = nil
    writing = nil
    output = []
    exchange?.close()
    exchange = nil
    onClose(self)
  }
}

// MARK: - From the client

extension ControlConnection {
  private func read() {
    guard let descriptor = reading?.rawValue else { return }
    let bytes: UnsafeRawBufferPointer
    do throws(Errno) {
      let count = try Syscalls.read(descriptor, into: Self.buffer)
      bytes = UnsafeRawBufferPointer(rebasing: Self.buffer[..<count])
    } catch {
      return error.code == EAGAIN ? () : close()
    }
    guard !bytes.isEmpty else { return end() }
    guard input.append(bytes) else { return close() }
    lastActive = clock.bootTime
    step()
  }

  /// The client sends no more, or is gone: it gets the answers to what it sent, but no stream that may never end.
  private func end() {
    hasEnded = true
    reading = nil
    if exchange == nil { step() } else { leaveStream() }
  }

  private func leaveStream() {
    if let exchange, exchange.onDrained == nil { close() }
  }

  /// Takes the next call up, where none is in hand and all replies were taken.
  private func step() {
    guard isOpen, exchange == nil, output.isEmpty else { return }
    guard let message = input.next() else {
      if hasEnded { close() }
      return
    }
    // To what is no call there is no answer.
    guard let call = ControlCall(message) else { return close() }
    let exchange = ControlExchange(call, on: self)
    self.exchange = exchange
    onCall(exchange)
    if hasEnded { leaveStream() }
  }

  /// The call in hand got its last reply.
  func callIsOver() {
    exchange = nil
    lastActive = clock.bootTime
    if output.isEmpty { stepLater() }
  }

  /// Goes on after everybody else in the queue had a turn.
  private func stepLater() {
    guard isOpen, !isStepPending else { return }
    isStepPending = true
    RotationActor.shared.queue.async { [weak self] in
      RotationActor.assumeIsolated {
        guard let self else { return }
        self.isStepPending = false
        if let more = self.exchange?.onDrained { more() } else { self.step() }
      }
    }
  }
}

// MARK: - To the client

extension ControlConnection {
  /// Sends a message; a client that leaves too much unread is cut off.
  func send(_ message: UnsafeRawBufferPointer) {
    guard isOpen else { return }
    output.append(contentsOf: message)
    output.append(0)
    guard output.count - sent <= Self.outputLimit else { return close() }
    flush()
  }

  private func flush() {
    guard isOpen, !output.isEmpty, let descriptor = socket?.rawValue else { return }
    do throws(Errno) {
      while sent < output.count {
        sent += try write(descriptor)
        lastActive = clock.bootTime
      }
    } catch {
      return error.code == EAGAIN ? awaitRoom() : close()
    }
    output = []
    sent = 0
    writing = nil
    stepLater()
  }

  private func write(_ descriptor: Int32) throws(Errno) -> Int {
    try output[sent...].withUnsafeBytes { bytes in
      Result { () throws(Errno) in try Syscalls.write(descriptor, bytes) }
    }.get()
  }

  private func awaitRoom() {
    guard writing == nil, let descriptor = socket?.rawValue else { return }
    do throws(Errno) {
      writing = try DescriptorWatch(Syscalls.duplicate(descriptor), .writing) { [weak self] in self?.flush() }
    } catch {
      close()
    }
  }
}
