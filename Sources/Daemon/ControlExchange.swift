internal import JSON
internal import Platform

/// One call and the replies to it.
@RotationActor final class ControlExchange {
  nonisolated let call: ControlCall
  nonisolated let peer: ControlPeer
  private weak var connection: ControlConnection?
  /// Whether replies are still expected.
  private(set) var isOpen = true
  /// Called when the client has taken all that was sent, for who sends in portions.
  var onDrained: (@RotationActor () -> Void)?

  init(_ call: ControlCall, on connection: ControlConnection) {
    self.call = call
    self.connection = connection
    peer = connection.peer
  }

  /// Sends a reply; it is the last unless it `continues`, which it does for who asked for `more` only.
  func reply(continues: Bool = false, _ body: (inout JSONWriter) -> Void = { _ in }) {
    guard isOpen else { return }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("parameters")
    writer.beginObject()
    body(&writer)
    writer.endObject()
    if continues {
      writer.key("continues")
      writer.value(true)
    }
    writer.endObject()
    send(writer, isLast: !continues)
  }

  /// Sends an error, as the last reply.
  func fail(_ error: ControlError) {
    guard isOpen else { return }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("error")
    writer.value(error.name)
    writer.key("parameters")
    writer.beginObject()
    for parameter in error.parameters {
      writer.key(parameter.name)
      if let value = parameter.value { writer.value(value) } else { writer.null() }
    }
    writer.endObject()
    writer.endObject()
    send(writer, isLast: true)
  }

  private func send(_ writer: borrowing JSONWriter, isLast: Bool) {
    let connection = connection
    if !call.isOneway {
      guard writer.withBytes({ $0.count < ControlConnection.outputLimit }) else { return fail(.replyTooLong) }
      writer.withBytes { connection?.send($0) }
    }
    guard isLast else { return }
    close()
    connection?.callIsOver()
  }

  /// The client is gone, or has got its last reply.
  func close() {
    isOpen = false
    onDrained = nil
  }
}
