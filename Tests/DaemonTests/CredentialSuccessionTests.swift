import Configuration
import Core
import Glibc
import Platform
import Store
import Systemd
import TestSupport
import Testing

@testable import Daemon

@RotationActor @Suite struct CredentialSuccessionTests {
  private final class Sink: EventSink {
    nonisolated func record(_ event: Event) {}
  }

  private let directory: TemporaryDirectory
  private let succession: CredentialSuccession
  private let source: CredentialSource

  init() throws {
    directory = try TemporaryDirectory(in: "/dev/shm")
    source = CredentialSource(file: directory.path("credential"))
    let files = Successors(stateDirectory: directory.path)
    try files.create()
    succession = CredentialSuccession(
      reader: CredentialReader(directory: CredentialsDirectory(path: nil)), files: files, log: Sink(),
      clock: SystemClock())
    try put("Qzx1")
  }

  private func put(_ text: String) throws { try directory.write(Array(text.utf8), to: "credential") }

  private func inUse() throws -> String {
    try succession.read(source, name: "main").secret.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  private func secret(_ text: String) -> Secret {
    Array(text.utf8).withUnsafeBytes { Secret(copying: $0) }
  }

  private func succeed(_ text: String, former: Fingerprint? = nil) throws -> String? {
    try succession.succeed(source, name: "main", with: secret(text), former: former, nil)
  }

  private var configuration: Configuration {
    Configuration(
      api: APISettings(), credentials: ["main": source], tokens: [], stateDirectory: directory.path)
  }

  @Test func aSuccessorIsUsedUntilTheFileHoldsAnother() throws {
    #expect(try inUse() == "Qzx1")
    let path = try #require(try succeed("Qzx2"))
    #expect(try inUse() == "Qzx2")
    // A whole chain lies in one file, for the operator's still holds the first.
    #expect(try succeed("Qzx3") == path)
    #expect(try inUse() == "Qzx3")
    #expect(path.hasPrefix(directory.path("credentials/main.")))
    #expect(try directory.mode("credentials") == 0o700)
    #expect(try directory.names("credentials").map { try directory.mode("credentials/\($0)") } == [0o600])
    #expect(!path.contains("Qzx"))

    try put("Qzx9")
    #expect(try inUse() == "Qzx9")
    try put("Qzx1")
    #expect(try inUse() == "Qzx3")
  }

  @Test func anotherNameFindsTheSuccessorToo() throws {
    _ = try succeed("Qzx2")
    let other = try succession.read(source, name: "renamed").secret
    #expect(other.equals(secret("Qzx2")))
  }

  @Test func whatWasReplacedIsErasedOnceTheNewOneIsAccepted() throws {
    _ = try succeed("Qzx2")
    try put("Qzx9")
    succession.review(configuration)
    #expect(try directory.names("credentials").count == 1)
    succession.accepted("main")
    #expect(try directory.names("credentials").isEmpty)
  }

  @Test func whatTheFileHoldsItselfIsErasedAtOnce() throws {
    _ = try succeed("Qzx2")
    try put("Qzx2")
    succession.review(configuration)
    #expect(try directory.names("credentials").isEmpty)
    #expect(try succeed("Qzx2") == source.file)
    #expect(try directory.names("credentials").isEmpty)
  }

  @Test func theOperatorsSecretStaysWhereARollWasBegunBefore() throws {
    let former = try succession.read(source, name: "main").secret.fingerprint
    try put("Qzx9")
    #expect(try succeed("Qzx2", former: former) == nil)
    #expect(try inUse() == "Qzx9")
    #expect(try directory.names("credentials").isEmpty)
  }

  @Test func whatCannotBeWrittenIsInUseAllTheSame() throws {
    #expect(rmdir(directory.path("credentials")) == 0)
    #expect(throws: SystemError.self) { try succeed("Qzx2") }
    #expect(try inUse() == "Qzx2")
    try succession.files.create()
    #expect(try succeed("Qzx2") != nil)
    #expect(try directory.names("credentials").count == 1)
  }

  @Test func whatTheAPIRefusesIsTakenBack() throws {
    _ = try succeed("Qzx2")
    succession.discard(source, name: "main", secret("Qzx2"))
    #expect(try inUse() == "Qzx1")
    #expect(try directory.names("credentials").isEmpty)
  }
}
