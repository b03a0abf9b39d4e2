import Core
import Dispatch
import Glibc
import Platform
import Testing

@testable import CloudflareAPI

/// Connections: which failures prove that nothing was sent, reuse without repetition, limits, the end.
@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
  @Test func aRefusedConnectionSentNothing() async throws {
    let free = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(free) }
    // Bound, and not listening: no one else gets the port.
    let client = try makeClient(port: try LoopbackAddress.bind(free))
    let answer = await client.rollTestToken()
    #expect(answer.outcome == .notSent)
    #expect(answer.trace.sentAfter == nil)
    #expect(try #require(answer.failure).reason.hasPrefix("no connection to 127.0.0.1:"))
  }

  @Test func aNameThatDoesNotExistSentNothing() async throws {
    let client = try CloudflareClient(
      baseURL: "https://api.invalid/client/v4", timeout: .seconds(20), connectTimeout: .seconds(10),
      caFile: nil,
      maxConnections: 1, userAgent: "tokenroll/test")
    #expect(await client.rollTestToken().outcome == .notSent)
  }

  @Test(arguments: [
    [ScriptedServer.Step.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .close], [.close], [.reset], [.hold],
  ])
  func aFailedTLSHandshakeSentNothing(_ greeting: [ScriptedServer.Step]) async throws {
    let server = try ScriptedServer(greeting: greeting) { _ in [] }
    let client = try makeClient(port: server.port, scheme: "https", connectTimeout: .milliseconds(300))
    #expect(await client.rollTestToken().outcome == .notSent)
    #expect(server.requests.isEmpty)
    #expect(server.connections == 1)
  }

  @Test func theSystemsCertificatesAreReadOnceForManyConnections() async throws {
    let file = try #require(Curl.systemCAFile)
    let watch = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    defer { close(watch) }
    // Both, for two like events in a row are told as one.
    #expect(inotify_add_watch(watch, file, UInt32(IN_OPEN | IN_CLOSE_NOWRITE)) >= 0)
    let server = try ScriptedServer(greeting: [.close]) { _ in [] }
    let client = try makeClient(port: server.port, scheme: "https")
    await withTaskGroup { group in
      for _ in 0..<8 { group.addTask { _ = await client.rollTestToken() } }
    }
    #expect(server.connections == 8)
    var events = [UInt8](repeating: 0, count: 4_096)
    // Somebody else on the machine may read them just now.
    #expect((2..<8).contains(read(watch, &events, events.count) / MemoryLayout<inotify_event>.size))
  }

  @Test func aTimeOutAfterTheRequestIsInDoubt() async throws {
    let server = try ScriptedServer { _ in [.hold] }
    let client = try makeClient(port: server.port, timeout: .seconds(2))
    let answer = await client.rollTestToken()
    #expect(answer.outcome == .unknown)
    #expect(answer.trace.duration >= .seconds(2))
    #expect(server.requests.count == 1)
  }

  @Test func aDrippingAnswerEndsAtTheTimeLimit() async throws {
    let server = try ScriptedServer { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), .hold] }
    let client = try makeClient(port: server.port, timeout: .seconds(2))
    #expect(await client.rollTestToken().outcome == .unknown)
  }

  @Test(arguments: [[ScriptedServer.Step.close], [.reset]])
  func aReusedConnectionThatBreaksDoesNotRepeatTheRoll(_ steps: [ScriptedServer.Step]) async throws {
    let server = try ScriptedServer { $0 == 1 ? [.send(goodAnswer)] : steps }
    let client = try makeClient(port: server.port)
    #expect(await client.rollTestToken().outcome == .value)
    let second = await client.rollTestToken()
    #expect(second.outcome == .unknown)
    #expect(server.requests.count == 2)
    #expect(second.trace.sentAfter != nil)
  }

  @Test func aConnectionThatTheServerClosedIsReplaced() async throws {
    let server = try ScriptedServer { _ in [.send(goodAnswer), .close] }
    let client = try makeClient(port: server.port)
    #expect(await client.rollTestToken().outcome == .value)
    await server.wait(for: .connectionClosedByServer)
    #expect(await client.rollTestToken().outcome == .value)
    #expect(server.requests.count == 2)
    #expect(server.connections == 2)
  }

  @Test func requestsInARowShareAConnection() async throws {
    let server = try ScriptedServer { _ in [.send(goodAnswer)] }
    let client = try makeClient(port: server.port)
    for _ in 0..<20 { #expect(await client.rollTestToken().outcome == .value) }
    #expect(server.connections == 1)
  }

  @Test func noMoreConnectionsThanAllowed() async throws {
    let server = try ScriptedServer { _ in [.send(goodAnswer)] }
    let client = try makeClient(port: server.port, maxConnections: 3)
    let outcomes = await withTaskGroup(of: Outcome.self) { group in
      for _ in 0..<200 { group.addTask { await client.rollTestToken().outcome } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count == 200)
    #expect(outcomes.allSatisfy { $0 == .value })
    #expect(server.requests.count == 200)
    #expect((1...3).contains(server.connections))
  }

  @Test func idleConnectionsAreClosed() async throws {
    let server = try ScriptedServer { _ in [.send(goodAnswer)] }
    let client = try makeClient(port: server.port, idleTime: .milliseconds(50))
    #expect(await client.rollTestToken().outcome == .value)
    await server.wait(for: .connectionClosedByClient)
    #expect(await client.rollTestToken().outcome == .value)
    #expect(server.connections == 2)
  }

  @Test func connectionsAreClosedWithTheClient() async throws {
    let server = try ScriptedServer { _ in [.send(goodAnswer)] }
    #expect(await (try makeClient(port: server.port)).rollTestToken().outcome == .value)
    await server.wait(for: .connectionClosedByClient)
  }

  @Test func aShutdownEndsWhatIsUnderWay() async throws {
    let server = try ScriptedServer { _ in [.hold] }
    let client = try makeClient(port: server.port, maxConnections: 1)
    async let first = client.rollTestToken()
    await server.wait(for: .request)
    await client.shutdown()
    #expect(await first.outcome == .unknown)
    #expect(await client.rollTestToken().outcome == .notSent)
    #expect(server.requests.count == 1)
  }

  @Test func aBusyRotationQueueDoesNotHoldARequestUp() async throws {
    let queue = RotationActor.shared.queue
    let bothWait = DispatchSemaphore(value: 0)
    let arrival = DispatchSemaphore(value: 0)
    let server = try ScriptedServer { _ in
      arrival.signal()
      return [.send(goodAnswer)]
    }
    let client = try makeClient(port: server.port)
    queue.async { bothWait.wait() }
    let roll = RotationActor.task { await client.rollTestToken().outcome }
    let hasArrived = await withCheckedContinuation { waiter in
      // Right behind the beginning of the request, and with the queue to itself until the server has it.
      queue.async {
        waiter.resume(returning: arrival.wait(timeout: .now() + .seconds(30)) == .success)
      }
      bothWait.signal()
    }
    #expect(hasArrived)
    #expect(await roll.value == .value)
  }

  @Test(arguments: [
    ("", credentialText), ("a/b", credentialText), ("..", credentialText), ("a?b", credentialText),
    (tokenID, ""), (tokenID, "a\r\nX: y"), (tokenID, "a b"), (tokenID, "ä"), (tokenID, "a\0b"),
  ])
  func whatWouldMakeAnotherRequestIsNotSent(_ token: String, _ credential: String) async throws {
    let server = try ScriptedServer { _ in [.send(goodAnswer)] }
    let client = try makeClient(port: server.port)
    let answer = await client.roll(account: account, token: token, credential: Secret(credential))
    #expect(answer.outcome == .notSent)
    #expect(server.connections == 0)
  }
}
