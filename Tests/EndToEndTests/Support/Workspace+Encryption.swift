import Glibc
import TestSupport
import Testing

extension Workspace {
  /// Starts the service where nobody encrypts, with an entry "one" of `token` that needs it: it says so and sends nothing.
  func expectNothingSentWithoutHelper(
    _ configuration: ServiceConfiguration, _ token: SandboxUnderTest.Token, of sandbox: SandboxUnderTest
  ) throws {
    let service = try start(
      configuration,
      environment: ["TOKENROLL_ENCRYPT_SOCKET": directory.path("none"), "PATH": "/nonexistent"])
    let event = try service.event("rollNotReady", entry: "one")
    let told =
      geteuid() == 0
      ? "cannot run systemd-creds: it is not in /nonexistent"
      : "systemctl enable --now tokenroll-encrypt.socket"
    #expect(event.message.contains(told), "\(event.message)")
    #expect(try service.stop() == 0)
    #expect(try sandbox.rolls(of: token) == 0)
  }
}
