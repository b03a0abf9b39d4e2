import JSON
import Testing

@testable import Daemon

/// What is read from a client, before anything is done about it.
@Suite struct ControlProtocolTests {
  private func frames(_ chunks: [[UInt8]]) -> (messages: [[UInt8]], isAccepted: Bool) {
    var frames = ControlFrames()
    var messages: [[UInt8]] = []
    for chunk in chunks {
      guard chunk.withUnsafeBytes({ frames.append($0) }) else { return (messages, false) }
      while let message = frames.next() { messages.append(message) }
    }
    return (messages, true)
  }

  @Test(arguments: [
    ([], []), (["a\0"], ["a"]), (["a", "b", "\0"], ["ab"]), (["a\0b\0c"], ["a", "b"]),
    (["a\0b", "c\0"], ["a", "bc"]),
    (["\0\0"], ["", ""]), (["half"], []), (["x", "\0y", "\0"], ["x", "y"]),
  ])
  func messagesEndWithANUL(_ chunks: [String], _ messages: [String]) {
    let result = frames(chunks.map { Array($0.utf8) })
    #expect(result.messages.map { String(decoding: $0, as: UTF8.self) } == messages)
    #expect(result.isAccepted)
  }

  @Test(arguments: [(ControlFrames.limit, true), (ControlFrames.limit + 1, false)])
  func aMessageHasALimit(_ size: Int, _ isAccepted: Bool) {
    let message = [UInt8](repeating: 65, count: size)
    #expect(frames([message + [0]]).isAccepted == isAccepted)
    // Byte by byte in halves it is the same, and no memory is spent on more.
    #expect(
      frames([Array(message[..<(size / 2)]), Array(message[(size / 2)...]), [0]]).isAccepted == isAccepted)
  }

  @Test func afterALongMessageThereIsRoomAgain() {
    let message = [UInt8](repeating: 65, count: ControlFrames.limit) + [0]
    let result = frames([message, message, message])
    #expect(result.messages.count == 3)
    #expect(result.isAccepted)
  }

  @Test(arguments: [
    "", "{", "[]", "null", #"{"method": 1}"#, #"{"more": true}"#, #"{"method": "a.B", "parameters": []}"#,
    #"{"method": "a.B", "method": "a.C"}"#, "{\"method\": \"a.B\"}x", #"{"method": "a.B"}{"method": "a.B"}"#,
    #"{"method": "a.B", "parameters": \#(String(repeating: "[", count: 60))\#(String(repeating: "]", count: 60))}"#,
  ])
  func whatIsNoCallIsRefused(_ text: String) {
    #expect(ControlCall(Array(text.utf8)) == nil)
  }

  @Test func aCallIsRead() throws {
    let call = try #require(
      ControlCall(
        Array(#"{"method": "a.B", "more": true, "oneway": false, "parameters": {"x": ["1"]}}"#.utf8)))
    #expect(call.method == "a.B")
    #expect(call.wantsMore)
    #expect(!call.isOneway)
    #expect(try call.texts("x") == ["1"])
    let bare = try #require(ControlCall(Array(#"{"method": "a.B", "parameters": null}"#.utf8)))
    #expect(!bare.wantsMore)
    #expect(try bare.text("x") == nil)
  }

  @Test(arguments: [
    (#"{"name": 1}"#, "name"), (#"{"name": "a", "nam": "b"}"#, "nam"), ("{}", "name"),
    (#"{"name": null}"#, "name"),
    (#"{"name": "a", "limit": "1"}"#, "limit"), (#"{"name": "a", "limit": 0}"#, "limit"),
    (#"{"name": "a", "limit": 11}"#, "limit"), (#"{"name": "a", "limit": 1.5}"#, "limit"),
    (#"{"name": "a", "list": "b"}"#, "list"), (#"{"name": "a", "list": [1]}"#, "list"),
    (#"{"name": "a", "flag": "true"}"#, "flag"),
  ])
  func aBadParameterIsNamed(_ parameters: String, _ culprit: String) throws {
    let call = try #require(ControlCall(Array(#"{"method": "a.B", "parameters": \#(parameters)}"#.utf8)))
    #expect(throws: ControlError.invalidParameter(culprit)) {
      try call.allow("name", "limit", "list", "flag")
      _ = try call.required("name")
      _ = try call.number("limit", 1...10)
      _ = try call.texts("list")
      _ = try call.flag("flag")
    }
  }

  @Test(arguments: [
    (UInt32(0), UInt32(0), true), (0, 990, true), (990, 990, true), (991, 990, false), (1_000, 0, false),
    // Everybody else of the machine, seen from within the service's user namespace.
    (65_534, 990, false), (65_534, 65_534, false), (0, 65_534, true),
  ])
  func rootAndTheServiceMayChangeThings(_ user: UInt32, _ service: UInt32, _ may: Bool) {
    #expect(ControlPeer(process: 1, user: user).mayChange(serviceUser: service) == may)
  }

  @Test func readingIsForEverybody() {
    let open = ControlMethod.allCases.filter { !$0.changes }.map(\.rawValue)
    #expect(open == ["Status", "Entry", "History", "Watch", "Metrics"])
  }
}
