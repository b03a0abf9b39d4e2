import Glibc
import JSON
import TestSupport
import Testing

/// Real file systems that get in the way of a roll under way. As root, in a mount namespace of the service's own.
@Suite(.enabled(if: geteuid() == 0)) struct FileSystemTests {
  /// A roll that has taken place and whose answer is held back for a while.
  private struct Held {
    let sandbox: SandboxUnderTest
    let workspace: Workspace
    let token: SandboxUnderTest.Token
    let service: RunningService
    /// The command that starts the service.
    let launch: [String]

    /// Starts the service in a mount namespace of its own, as `user` where one is given.
    init(user: String? = nil) throws {
      sandbox = try SandboxUnderTest()
      workspace = try Workspace(sandbox)
      token = try sandbox.token("token-1")
      try sandbox.addFault(#"{"kind":"delay","delay_after_ms":1000,"call":"roll"}"#)
      var configuration = workspace.configuration
      configuration.entries = [workspace.entry("rolled", token)]
      try workspace.write(configuration)
      mkdir(workspace.state, 0o700)
      if let user {
        _ = try TestProcess.run("chown", ["-R", user, workspace.path])
        _ = try TestProcess.run("chmod", ["a+r", workspace.configurationFile])
      }
      let become = user.map { "setpriv --reuid=\($0) --regid=65534 --clear-groups " } ?? ""
      launch = ["unshare", "-m", "sh", "-c", "exec \(become)\"$@\"", "sh"]
      service = try workspace.restart(through: launch)
      try sandbox.administer("GET", "/wait?rolls=1")
    }

    /// Runs a command in the service's mount namespace.
    func inside(_ command: String) throws {
      let result = try TestProcess.run(
        "nsenter", ["-t", "\(service.process.pid)", "-m", "sh", "-c", command])
      guard result.status == 0 else { throw TestFailure("\(command): \(result.errorText)") }
    }

    /// Reads a file as the service sees it.
    func read(_ path: String) -> String? {
      (try? contents(of: "/proc/\(service.process.pid)/root\(path)")).map {
        String(decoding: $0, as: UTF8.self)
      }
    }

    /// Waits for the settlement, and holds what is published against the sandbox.
    func settle(_ name: String = "published/rolled") throws {
      try service.event("rollSettled")
      let secret = try sandbox.token("token-1").secret
      #expect(read(workspace.directory.path(name)) == secret)
      #expect(try service.stop() == 0)
      #expect(try sandbox.rolls(of: token) == 1)
      #expect(workspace.escrowed.isEmpty)
      // What could not be removed is empty, and goes at the next start.
      for name in workspace.temporaries {
        #expect(try contents(of: "\(workspace.published)/\(name)").isEmpty)
      }
      try workspace.restart(through: launch).stopped(after: "serviceReady")
      #expect(workspace.temporaries.isEmpty)
    }
  }

  private static func fill(_ directory: String) -> String {
    "head -c 100m /dev/zero > \(directory)/fill 2>/dev/null; true"
  }

  @Test func aDiskThatFillsUpDuringARollDoesNotMatter() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let token = try sandbox.token("token-1")
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":1000,"call":"roll"}"#)
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("rolled", token)]
    let service = try workspace.start(
      configuration,
      through: [
        "unshare", "-m", "sh", "-c",
        "mount -t tmpfs -o size=64k,mode=0700 small \(workspace.published) && exec \"$@\"", "sh",
      ])
    try sandbox.administer("GET", "/wait?rolls=1")
    let inside = "/proc/\(service.process.pid)/root\(workspace.published)"
    _ = try TestProcess.run("sh", ["-c", Self.fill(inside)])
    try service.event("rollSettled")
    // The blocks were had before the request was sent.
    #expect(service.events("publicationFailed").isEmpty)
    #expect(try contents(of: "\(inside)/rolled") == Array(try sandbox.token("token-1").secret.utf8))
    #expect(try service.stop() == 0)
    #expect(try sandbox.rolls(of: token) == 1)
  }

  @Test func aFullDiskUnderTheStateKeepsTheSecretAndSettlesLater() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    mkdir(workspace.state, 0o700)
    let token = try sandbox.token("token-1")
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":1000,"call":"roll"}"#)
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("rolled", token)]
    let service = try workspace.start(
      configuration,
      through: [
        "unshare", "-m", "sh", "-c",
        "mount -t tmpfs -o size=512k,mode=0700 small \(workspace.state) && exec \"$@\"", "sh",
      ])
    try sandbox.administer("GET", "/wait?rolls=1")
    let inside = "/proc/\(service.process.pid)/root\(workspace.state)"
    _ = try TestProcess.run("sh", ["-c", Self.fill(inside)])
    try service.event("secretEscrowed")
    try service.event("secretPublished")
    try service.event("stateNotWritten")
    #expect(TemporaryDirectory.names(inside + "/escrow").count == 1)
    #expect(try workspace.publishedText("rolled") == sandbox.token("token-1").secret)
    unlink(inside + "/fill")
    try service.event("rollSettled")
    #expect(TemporaryDirectory.names(inside + "/escrow").isEmpty)
    #expect(try service.stop() == 0)
    #expect(try sandbox.rolls(of: token) == 1)
  }

  @Test func aFullDiskBeforeTheRollSendsNothing() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let token = try sandbox.token("token-1")
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry("rolled", token),
      workspace.entry(
        "other", try sandbox.token("token-2"), publish: [.init(file: workspace.path + "/other")]),
    ]
    let mount = "mount -t tmpfs -o size=64k,mode=0700 small \(workspace.published)"
    let service = try workspace.start(
      configuration,
      through: [
        "unshare", "-m", "sh", "-c", "\(mount) && \(Self.fill(workspace.published)) && exec \"$@\"", "sh",
      ])
    #expect(try service.event("rollNotReady", entry: "rolled").message.contains("allocate"))
    try service.event("rollSettled", entry: "other")
    #expect(try sandbox.rolls(of: token) == 0)
    unlink("/proc/\(service.process.pid)/root\(workspace.published)/fill")
    try service.event("rollSettled", entry: "rolled")
    #expect(try service.stop() == 0)
    #expect(try sandbox.rolls(of: token) == 1)
  }

  @Test func aDirectoryThatIsRemovedIsWaitedFor() throws {
    let held = try Held()
    _ = try TestProcess.run("rm", ["-r", held.workspace.published])
    #expect(try held.service.event("publicationFailed").priority == 2)
    #expect(held.workspace.escrowed.count == 1)
    mkdir(held.workspace.published, 0o700)
    try held.settle()
  }

  /// What stands in the place of the directory.
  enum Replacement: CaseIterable {
    case directory, symbolicLink
  }

  @Test(arguments: Replacement.allCases)
  func aDirectoryThatIsReplacedIsNotMistakenForTheOldOne(_ replacement: Replacement) throws {
    let held = try Held()
    let (place, away) = (held.workspace.published, held.workspace.directory.path("away"))
    #expect(rename(place, away) == 0)
    switch replacement {
    case .directory:
      mkdir(place, 0o700)
    case .symbolicLink:
      mkdir(held.workspace.directory.path("other"), 0o700)
      symlink(held.workspace.directory.path("other"), place)
      #expect(try held.service.event("publicationFailed", count: 2).message.contains("symbolic link"))
      unlink(place)
      mkdir(place, 0o700)
    }
    try held.settle()
  }

  @Test func aReadOnlyMountOverTheDirectoryIsWaitedFor() throws {
    let held = try Held()
    try held.inside("mount -t tmpfs -o ro,mode=0700 over \(held.workspace.published)")
    #expect(try held.service.event("publicationFailed").priority == 2)
    _ = try held.service.event("publicationFailed", count: 2)
    try held.inside("umount \(held.workspace.published)")
    try held.settle()
  }

  @Test func aFileSystemInUseByARollCannotBecomeReadOnly() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let token = try sandbox.token("token-1")
    try sandbox.addFault(#"{"kind":"delay","delay_after_ms":1000,"call":"roll"}"#)
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("rolled", token)]
    let mount = "mount -t tmpfs -o mode=0700 small \(workspace.published)"
    let service = try workspace.start(
      configuration, through: ["unshare", "-m", "sh", "-c", "\(mount) && exec \"$@\"", "sh"])
    try sandbox.administer("GET", "/wait?rolls=1")
    // What was made ready is open for writing, and so the kernel refuses (mount(2), EBUSY).
    let remount = try TestProcess.run(
      "nsenter", ["-t", "\(service.process.pid)", "-m", "mount", "-o", "remount,ro", workspace.published])
    #expect(remount.status != 0)
    try service.event("rollSettled")
    #expect(service.events("publicationFailed").isEmpty)
    #expect(try service.stop() == 0)
    #expect(try sandbox.rolls(of: token) == 1)
  }

  @Test func aDirectoryThatBecomesImmutableIsWaitedFor() throws {
    let held = try Held()
    let result = try TestProcess.run("chattr", ["+i", held.workspace.published])
    defer { _ = try? TestProcess.run("chattr", ["-i", held.workspace.published]) }
    guard result.status == 0 else { return }
    #expect(try held.service.event("publicationFailed").priority == 2)
    _ = try TestProcess.run("chattr", ["-i", held.workspace.published])
    try held.settle()
  }

  @Test func rightsThatAreTakenAwayAreWaitedFor() throws {
    let held = try Held(user: "65534")
    chmod(held.workspace.published, 0o500)
    #expect(try held.service.event("publicationFailed").message.contains("permission denied"))
    chmod(held.workspace.published, 0o700)
    try held.settle()
  }

  @Test func aHardLinkKeepsTheOldSecret() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let token = try sandbox.token("token-1")
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("rolled", token)]
    let file = try workspace.directory.write("published/rolled", token.secret)
    #expect(link(file, workspace.directory.path("second")) == 0)
    let service = try workspace.start(configuration)
    try service.event("rollSettled")
    #expect(
      service.events("destinationNotice").contains {
        $0.message.contains("has 2 names")
      })
    #expect(try service.stop() == 0)
    #expect(try workspace.publishedText("rolled") == sandbox.token("token-1").secret)
    #expect(try contents(of: workspace.directory.path("second")) == Array(token.secret.utf8))
  }

  @Test func aGroupThatIsMissingKeepsItsEntryAloneFromRolling() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let (one, two) = (try sandbox.token("token-1"), try sandbox.token("token-2"))
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry(
        "one", one, publish: [.init(file: workspace.published + "/one", others: ["group": "\"nosuchgroup\""])]
      ),
      workspace.entry("two", two),
    ]
    let service = try workspace.start(configuration)
    try service.event("rollSettled", entry: "two")
    #expect(try service.event("rollNotReady", entry: "one").message.contains("nosuchgroup"))
    #expect(try service.stop() == 0)
    #expect(try sandbox.rolls(of: one) == 0)
  }

  /// A file that was given away is only its new owner's to change, and the service has no other privilege.
  @Test func theRightToGiveFilesAwayIsEnoughForAnotherOwner() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry(
        "given", try sandbox.token("token-1"),
        publish: [.init(file: workspace.published + "/given", mode: "0640", others: ["owner": "\"daemon\""])])
    ]
    try workspace.write(configuration)
    mkdir(workspace.state, 0o700)
    _ = try TestProcess.run("chown", ["-R", "65534:65534", workspace.path])
    let launch = [
      "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+chown",
      "--ambient-caps=+chown",
    ]
    let service = try workspace.restart(through: launch)
    try service.event("rollSettled")
    #expect(try service.stop() == 0)
    let status = try FileStatus(workspace.published + "/given")
    #expect(status.mode == 0o640)
    #expect(status.owner == 1)
    #expect(status.group == 65_534)
  }

  @Test func aReaderSeesAWholeSecretAtEveryInstant() async throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    let tokens = [try sandbox.token("token-1"), try sandbox.token("token-2")]
    var configuration = workspace.configuration
    configuration.entries = tokens.enumerated().map { index, token in
      workspace.entry("r\(index)", token, schedule: ServiceConfiguration.Entry.every("1s"))
    }
    for (index, token) in tokens.enumerated() {
      _ = try workspace.directory.write("published/r\(index)", token.secret)
    }
    let service = try workspace.start(configuration)
    let answers = await inParallel([0, 1], width: 2) { index -> String? in
      let file = "\(workspace.published)/r\(index)"
      while service.events("rollSettled", entry: "r\(index)").count < 4 {
        guard let bytes = try? contents(of: file), bytes.count == tokens[index].secret.utf8.count else {
          return "\(file) was not whole"
        }
        guard let status = try? FileStatus(file), status.mode == 0o600 else {
          return "\(file) had other rights"
        }
      }
      return ""
    }
    #expect(answers == ["", ""])
    #expect(try service.stop() == 0)
  }
}
