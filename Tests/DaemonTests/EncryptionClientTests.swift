import Core
import Glibc
import Platform
import TestSupport
import Testing

@testable import Daemon
@testable import Systemd

/// The service's end of the connection to its helper, with time limits that a test can wait for.
@RotationActor @Suite(.timeLimit(.minutes(1))) struct EncryptionClientTests {
  private let directory: TemporaryDirectory
  private let secret = Secret(count: 40) { $0.copyBytes(from: [UInt8](repeating: 0x61, count: 40)) }

  init() throws { directory = try TemporaryDirectory() }

  private func failure(_ encryptor: any CredentialEncryptor) async -> SystemError? {
    do throws(SystemError) {
      _ = try await encryptor.encrypt(secret, as: "name")
      return nil
    } catch {
      return error
    }
  }

  @Test func aHelperThatDoesNotAnswerIsNotWaitedForLongerThanTheLimit() async throws {
    let path = directory.path("socket")
    let listener = try Syscalls.listen(at: path, backlog: 4)
    let client = EncryptionClient(path: path, timeLimit: .milliseconds(50))
    let failure = await failure(client)
    #expect(failure?.code == ETIMEDOUT)
    #expect(failure?.description.contains("it has not answered within 50 ms") == true, "\(failure as Any)")
    withExtendedLifetime(listener) {}
  }

  /// The kernel lets one more than the backlog wait.
  @Test func aHelperThatLetsNobodyInIsNotWaitedFor() async throws {
    let path = directory.path("socket")
    let listener = try Syscalls.listen(at: path, backlog: 0)
    var waiting: [Int32] = []
    defer { for descriptor in waiting { close(descriptor) } }
    for _ in 0..<2 {
      if let socket = try? Syscalls.connect(to: path, isBlocking: false) { waiting.append(socket.release()) }
    }
    let failure = await failure(EncryptionClient(path: path))
    #expect(failure?.code == EAGAIN)
    withExtendedLifetime(listener) {}
  }

  @Test func nobodyAtThePathIsTold() async throws {
    let failure = await failure(EncryptionClient(path: directory.path("socket")))
    #expect(failure?.code == ENOENT)
    #expect(failure?.description.contains("systemctl enable --now tokenroll-encrypt.socket") == true)
  }

  // MARK: - systemd-creds

  private func program(_ script: String) throws -> SystemdCreds {
    let path = try directory.write("systemd-creds", "#!/bin/sh\n" + script, mode: 0o700)
    return SystemdCreds(program: path, timeLimit: .seconds(20))
  }

  private static let credential = String(repeating: "QUJD", count: 30)

  @Test func messagesBesideTheCredentialAreNoPartOfIt() async throws {
    let program = try program(
      "cat >/dev/null; echo 'WARNING: a library says'; echo \(Self.credential); echo 'more.' >&2")
    let encrypted = try await program.encrypt(secret, as: "name")
    #expect(encrypted.content.withBytes { String(decoding: $0, as: UTF8.self) } == Self.credential + "\n")
  }

  @Test func theNameIsAnArgumentAndTheSecretIsNone() async throws {
    let log = directory.path("log")
    let program = try program("echo \"$@\" >\(log); env >>\(log); wc -c >>\(log); echo \(Self.credential)")
    _ = try await program.encrypt(secret, as: "a b")
    let text = String(decoding: try directory.read("log"), as: UTF8.self)
    #expect(text.hasPrefix("encrypt --name=a b - -\n"))
    #expect(text.hasSuffix("\n40\n"))
    #expect(!text.contains("aaaaaaaa"))
  }

  @Test(arguments: [
    ("echo no key; exit 1", "it ended with status 1: no key"), ("exit 3", "it ended with status 3"),
    ("cat; exit 1", "it ended with status 1"), ("kill -9 $$", "it was ended by signal 9"),
    ("exit 0", "cannot be an encryption"), ("cat", "cannot be an encryption"),
    ("echo AAAA", "cannot be an encryption"), ("yes AAAA", "it did not end within"),
  ])
  func whatIsNoCredentialIsRefused(script: String, told: String) async throws {
    var program = try program(script)
    if script.hasPrefix("yes") {
      program = SystemdCreds(program: program.program, timeLimit: .milliseconds(200))
    }
    let failure = try #require(await failure(program))
    #expect(failure.description.contains(told), "\(failure)")
    #expect(!failure.description.contains("aaaaaaaa"))
  }

  // MARK: - Opening

  private static let roll = RollID(high: 1, low: 2)

  /// What comes of opening with a program that writes `output`, in the syntax of printf(1).
  private func opened(_ output: String) async -> Result<String, any Error> {
    do {
      let program = try program("cat >/dev/null; printf '\(output)'")
      let secret = try await program.open(secret, of: Self.roll)
      return .success(secret.withBytes { String(decoding: $0, as: UTF8.self) })
    } catch {
      return .failure(error)
    }
  }

  @Test(
    arguments: [
      ("tokenroll-escrow 6\\nsecret", "secret"), ("warning\\ntokenroll-escrow 6\\nsecret", "secret"),
      ("tokenroll-escrow 6\\nsecretwarning\\n", "secret"),
      ("tokenroll-escrow 7\\na\\nb\\nc\\nd", "a\nb\nc\nd"),
    ]) func whatIsMarkedAsAnEscrowIsGivenOut(output: String, secret: String) async throws
  {
    #expect(try await opened(output).get() == secret)
  }

  @Test(
    arguments: [
      "", "private key", "tokenroll-escrow 6", "tokenroll-escrow 7\\nsecret", "tokenroll-escrow x\\nsecret",
      "tokenroll-escrow 0\\n", "tokenroll-escrow -1\\nsecret", "private tokenroll-escrow 6\\nsecret",
      "tokenroll-escrow\\nsecret",
    ]) func whatIsNotMarkedIsNotGivenOut(output: String) async throws
  {
    guard case .failure(let failure) = await opened(output) else {
      Issue.record("it was given out")
      return
    }
    #expect("\(failure)".contains("is not the escrow of a secret"), "\(failure)")
    #expect(!"\(failure)".contains("private") && !"\(failure)".contains("secret\n"))
  }

  @Test func anEscrowIsMarkedAndNamedAfterItsRoll() async throws {
    let log = directory.path("log")
    let program = try program(
      "echo \"$@\" >>\(log); cat >>\(log); echo >>\(log); for line in 1 2; do echo \(Self.credential); done")
    let sealed = try await program.seal(secret, of: Self.roll)
    await #expect(throws: SystemError.self) { try await program.open(sealed.content, of: Self.roll) }
    let name = "--name=tokenroll-escrow.\(Self.roll) - -"
    #expect(
      String(decoding: try directory.read("log"), as: UTF8.self)
        == "encrypt \(name)\ntokenroll-escrow 40\n\(String(repeating: "a", count: 40))\ndecrypt \(name)\n"
        + "\(Self.credential)\n\(Self.credential)\n\n")
  }

  @Test(arguments: [
    ("echo no key; exit 1", "it ended with status 1: no key"), ("kill -9 $$", "it was ended by signal 9"),
  ]) func aFailureToOpenIsTold(script: String, told: String) async throws {
    let program = try program(script)
    let failure = await #expect(throws: SystemError.self) { try await program.open(secret, of: Self.roll) }
    #expect(failure?.description.contains(told) == true, "\(failure as Any)")
  }

  /// Has one that cannot be opened, or opens as something else.
  private struct Sealer: EscrowSealer {
    var opens: Result<String, SystemError>?

    @RotationActor func seal(_ secret: Secret, of roll: RollID) async throws(SystemError) -> EncryptedSecret {
      let digits = secret.withBytes { $0.map { String(UnicodeScalar($0)) }.joined() }
      return try EncryptedSecret([EncryptionClientTests.credential, digits], of: secret)
    }

    @RotationActor func open(_ sealed: Secret, of roll: RollID) async throws(SystemError) -> Secret {
      guard let opens else {
        return sealed.withBytes {
          Secret(copying: UnsafeRawBufferPointer(rebasing: $0.dropLast().suffix(40)))
        }
      }
      let text = Array(try opens.get().utf8)
      return Secret(count: text.count) { $0.copyBytes(from: text) }
    }
  }

  @Test func anEscrowThatCannotBeOpenedIsWorthNothing() async {
    #expect(await EncryptionCheck(ofEscrow: Sealer()).failure() == nil)
    let failure = SystemError("cannot open", code: 0)
    #expect(await EncryptionCheck(ofEscrow: Sealer(opens: .failure(failure))).failure() == failure)
    let other = await EncryptionCheck(ofEscrow: Sealer(opens: .success("something else"))).failure()
    #expect(other?.description.contains("was not the same once it was opened") == true)
  }

  // MARK: - The check

  /// Encrypts when it is told to, or fails.
  private final class Gate: CredentialEncryptor {
    @RotationActor var requests = 0
    @RotationActor var waiters: [CheckedContinuation<SystemError?, Never>] = []

    @RotationActor func encrypt(_ secret: Secret, as name: String) async throws(SystemError)
      -> EncryptedSecret
    {
      requests += 1
      if let failure = await withCheckedContinuation({ waiters.append($0) }) { throw failure }
      return try EncryptedSecret([EncryptionClientTests.credential], of: secret)
    }

    @RotationActor func open(_ failure: SystemError? = nil) {
      let waiting = waiters
      waiters = []
      for waiter in waiting { waiter.resume(returning: failure) }
    }
  }

  private func ask(_ check: EncryptionCheck, _ gate: Gate, times: Int, then failure: SystemError?) async
    -> [SystemError?]
  {
    let tasks = (0..<times).map { _ in RotationActor.task { await check.failure() } }
    while gate.waiters.isEmpty { await Task.yield() }
    gate.open(failure)
    var answers: [SystemError?] = []
    for task in tasks { answers.append(await task.value) }
    return answers
  }

  @Test func thoseWhoAskAtTheSameTimeGetOneAnswer() async {
    let gate = Gate()
    let check = EncryptionCheck(gate)
    #expect(await ask(check, gate, times: 5, then: nil) == [nil, nil, nil, nil, nil])
    #expect(gate.requests == 1)
    // What was found out is not taken for granted later.
    #expect(await ask(check, gate, times: 1, then: nil) == [nil])
    #expect(gate.requests == 2)
  }

  @Test func aHelperThatHungIsNotAskedAgainAtOnce() async {
    let gate = Gate()
    let clock = StandingClock()
    let check = EncryptionCheck(gate, clock: clock)
    let hung = SystemError("cannot encrypt", code: ETIMEDOUT)
    #expect(await ask(check, gate, times: 2, then: hung) == [hung, hung])
    #expect(await check.failure() == hung)
    #expect(gate.requests == 1)
  }

  private struct StandingClock: Clock {
    let now = Timestamp(seconds: 0)
    let bootTime = TimeSpan.seconds(100)
  }

  // MARK: - Messages

  @Test(arguments: [EncryptionMessage.Word.seal, .open]) func aMessageOfTheEscrowNamesItsRoll(
    _ word: EncryptionMessage.Word
  )
    throws
  {
    let roll = RollID(high: 10, low: 11)
    func read(_ name: String) throws(SystemError) -> EncryptionMessage? {
      try EncryptionMessage(word, name: name, body: secret).bytes.withBytes { (bytes) throws(SystemError) in
        try EncryptionMessage.read(bytes)
      }
    }
    let message = try #require(try read(roll.description))
    #expect(message.word == word && message.roll == roll && message.body.equals(secret))
    // One spelling, and nothing else.
    let text = roll.description
    for other in [
      "", "x", text.uppercased(), text + "0", String(text.dropLast()), "tokenroll-escrow.\(text)",
      text + " x",
    ] {
      #expect(throws: SystemError.self) { try read(other) }
    }
  }

  @Test func aMessageIsReadOnceItIsWhole() throws {
    let whole = EncryptionMessage(.encrypt, name: "a b", body: secret).bytes
    try whole.withBytes { bytes in
      for count in 0..<bytes.count {
        #expect(try EncryptionMessage.read(UnsafeRawBufferPointer(rebasing: bytes[..<count])) == nil)
      }
      let message = try #require(try EncryptionMessage.read(bytes))
      #expect(message.word == .encrypt && message.name == "a b" && message.body.equals(secret))
    }
  }
}
