import Core
import Glibc
import Platform
import TestSupport
import Testing

@testable import Systemd

/// The reloader on a bus of its own, with a stand-in for systemd on it.
@Suite(.enabled(if: access(StandInManager.busProgram, X_OK) == 0), .timeLimit(.minutes(1)))
struct UnitReloaderTests {
  /// Runs `body` with the address of a bus that runs meanwhile.
  private func withBus<Result: Sendable>(
    _ body: @Sendable (String) async throws -> Result
  ) async throws -> Result {
    let directory = try TemporaryDirectory()
    let address = "unix:path=\(directory.path("bus"))"
    let configuration = try directory.write("bus.conf", StandInManager.busConfiguration(address))
    let (lines, continuation) = AsyncStream<String>.makeStream()
    let daemon = Task { @RotationActor in
      try await ChildProcess(
        program: StandInManager.busProgram,
        arguments: ["--nofork", "--print-address", "--config-file=\(configuration)"], timeLimit: .seconds(550)
      ).run { continuation.yield($0) }
    }
    // The address is printed once the bus listens.
    var iterator = lines.makeAsyncIterator()
    _ = await iterator.next()
    defer { daemon.cancel() }
    return try await body(address)
  }

  private func reload(_ address: String, timeLimit: TimeSpan = .seconds(20)) async -> SystemdError? {
    do {
      try await UnitReloader(timeLimit: timeLimit, address: address).reload("nginx.service")
      return nil
    } catch {
      return error
    }
  }

  @Test func busWithoutSystemdIsToldAsThat() async throws {
    let error = try await withBus { await reload($0) }
    #expect(error?.kind == .noBus)
  }

  @Test func jobThatIsDoneEndsTheReload() async throws {
    let (error, calls) = try await withBus { address in
      let manager = try StandInManager(address, .job(result: "done"))
      let error = await reload(address)
      return (error, manager.stop())
    }
    #expect(error == nil)
    #expect(calls == ["Subscribe", "ReloadOrTryRestartUnit nginx.service replace"])
  }

  @Test func jobThatFailsIsAFailure() async throws {
    let error = try await withBus { address in
      let manager = try StandInManager(address, .job(result: "failed"))
      defer { _ = manager.stop() }
      return await reload(address)
    }
    #expect(error?.kind == .jobFailed)
  }

  @Test func refusalByPolkitIsToldAsThat() async throws {
    let error = try await withBus { address in
      let manager = try StandInManager(
        address,
        .refusal(name: "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", message: "Not now."))
      defer { _ = manager.stop() }
      return await reload(address)
    }
    #expect(error?.kind == .denied)
    #expect(
      error?.description
        == "cannot reload nginx.service: Not now.; name it in /etc/tokenroll/reload-units, which the polkit rule of the package goes by"
    )
  }

  @Test func jobThatNeverEndsIsGivenUp() async throws {
    let error = try await withBus { address in
      let manager = try StandInManager(address, .job(result: nil))
      defer { _ = manager.stop() }
      return await reload(address, timeLimit: .milliseconds(300))
    }
    #expect(error?.kind == .timedOut)
  }
}
