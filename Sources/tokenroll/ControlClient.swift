internal import Daemon
internal import Glibc
internal import JSON
internal import Platform

/// A connection to the running service (varlink.org); it waits for the answers.
final class ControlClient {
  private let socket: FileDescriptor
  private let path: String
  private var input: [UInt8] = []
  /// Bytes at the beginning that hold no NUL.
  private var searched = 0
  /// More than the service lets pile up for a client.
  private static let limit = 4 << 20

  /// Connects to the service at `path`.
  init(_ path: String) throws(ControlFailure) {
    self.path = path
    SignalSource.ignoreBrokenPipes()
    do throws(Errno) {
      socket = try Syscalls.connect(to: path)
    } catch {
      if error.code == ECONNREFUSED || error.code == ENOENT { throw .notRunning(path) }
      let context = error.code == EACCES ? Self.whoMayConnect(to: path) : nil
      throw .unreachable(
        SystemError("cannot connect to the service at", path, code: error.code, context: context))
    }
  }

  /// Whom the rights of the socket let in.
  private static func whoMayConnect(to path: String) -> String {
    guard let rights = try? FileAttributes(of: path) else {
      return "root may, and the user as whom the service runs"
    }
    let owner = rights.owner == 0 ? "root" : "root, the user \(Users.name(of: rights.owner))"
    return rights.mode & S_IWGRP != 0 && rights.group != 0
      ? "\(owner) and the members of the group \(Users.groupName(of: rights.group)) may" : "\(owner) may"
  }

  /// As whom the service runs, where that is a user whom it lets change something.
  private var serviceUser: String? {
    guard let user = try? Syscalls.peer(socket.rawValue).user, user != 0, user != ControlPeer.nobody else {
      return nil
    }
    return Users.name(of: user)
  }

  /// Another connection to the same service.
  func sibling() throws(ControlFailure) -> ControlClient { try ControlClient(path) }

  /// Calls a method of ours that answers once.
  func call(
    _ method: String, _ parameters: (inout JSONWriter) -> Void = { _ in }
  ) throws(ControlFailure) -> JSONNode? {
    var answer: JSONNode?
    try call(method, wantsMore: false, parameters) { answer = $0 }
    return answer
  }

  /// Calls a method of ours and hands each answer to `onReply`.
  func call(
    _ method: String, wantsMore: Bool, _ parameters: (inout JSONWriter) -> Void = { _ in },
    onReply: (JSONNode) -> Void
  ) throws(ControlFailure) {
    try follow(method, wantsMore: wantsMore, parameters) { reply in
      onReply(reply)
      return false
    }
  }

  /// Calls a method of ours and hands each answer to `isOver`, until it says so or there is none more.
  func follow(
    _ method: String, wantsMore: Bool = true, _ parameters: (inout JSONWriter) -> Void = { _ in },
    until isOver: (JSONNode) throws(ControlFailure) -> Bool
  ) throws(ControlFailure) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("method")
    writer.value("org.tokenroll.Control.\(method)")
    writer.key("more")
    writer.value(wantsMore)
    writer.key("parameters")
    writer.beginObject()
    parameters(&writer)
    writer.endObject()
    writer.endObject()
    try send(writer.bytes + [0])
    while true {
      let reply = try receive()
      if let name = reply["error"]?.string, name.hasSuffix(".PermissionDenied") {
        throw .notPermitted(serviceUser: serviceUser)
      }
      if let name = reply["error"]?.string { throw .refused(name: name, parameters: reply["parameters"]) }
      guard let parameters = reply["parameters"] else { throw .lost }
      if try isOver(parameters) || reply["continues"]?.boolean != true { return }
    }
  }

  private func send(_ message: [UInt8]) throws(ControlFailure) {
    var rest = message[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { bytes in try? Syscalls.write(socket.rawValue, bytes) }
      guard let count else { throw .lost }
      rest = rest.dropFirst(count)
    }
  }

  private func receive() throws(ControlFailure) -> JSONNode {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let end = input[searched...].firstIndex(of: 0) {
        let message = Array(input[..<end])
        input.removeFirst(end + 1)
        searched = 0
        guard let document = try? JSONDocument(parsing: message) else { throw .lost }
        return document.root
      }
      searched = input.count
      let count = chunk.withUnsafeMutableBytes { buffer in try? Syscalls.read(socket.rawValue, into: buffer) }
      guard let count, count > 0, input.count < Self.limit else { throw .lost }
      input += chunk[..<count]
    }
  }
}

extension ControlClient {
  /// Connects as the command line says, runs `body`, and says what went wrong.
  static func run(
    _ options: Options, ifNotRunning: ExitStatus = .unavailable,
    _ body: (ControlClient) throws(ControlFailure) -> ExitStatus
  ) -> ExitStatus {
    let path: String
    do throws(ConfigurationFile.Failure) {
      if let socket = options.socket {
        path = socket
      } else {
        path = try ControlSocket.path(ofServiceWith: options.configuration)
      }
    } catch {
      Terminal.complain(error.description)
      if case .unreadable = error { return .noInput }
      return .configuration
    }
    do throws(ControlFailure) {
      return try body(try ControlClient(path))
    } catch {
      Terminal.complain("tokenroll: \(error.description)")
      if case .notRunning = error { return ifNotRunning }
      return error.exitStatus
    }
  }
}

extension JSONWriter {
  mutating func member(_ name: String, _ text: String) {
    key(name)
    value(text)
  }

  mutating func member(_ name: String, _ flag: Bool) {
    key(name)
    value(flag)
  }

  mutating func member(_ name: String, _ texts: [String]) {
    key(name)
    beginArray()
    for text in texts { value(text) }
    endArray()
  }

  /// Writes a value that was read.
  mutating func copy(_ node: JSONNode) {
    switch node.kind {
    case .object:
      beginObject()
      for member in node.members {
        key(member.key)
        copy(member.value)
      }
      endObject()
    case .array:
      beginArray()
      for element in node.elements { copy(element) }
      endArray()
    case .string: value(node.string ?? "")
    case .number: if let integer = node.integer { value(integer) } else { value(node.double ?? 0) }
    case .boolean: value(node.boolean == true)
    case .null: null()
    }
  }
}
