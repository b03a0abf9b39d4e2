import Glibc
import JSON
import TestSupport
import Testing

/// `tokenroll doctor` finds what was planted, and says what to do about it.
@Suite struct DoctorTests {
  private let sandbox: SandboxUnderTest
  private let workspace: Workspace
  private let token: SandboxUnderTest.Token

  init() throws {
    sandbox = try SandboxUnderTest()
    workspace = try Workspace(sandbox)
    token = try sandbox.token("token-1")
    mkdir(workspace.state, 0o700)
    try write { _ in }
  }

  private func write(_ change: (inout ServiceConfiguration.Destination) -> Void) throws {
    var destination = ServiceConfiguration.Destination(file: "\(workspace.published)/edge")
    change(&destination)
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry("edge", token, schedule: ServiceConfiguration.Entry.later, publish: [destination])
    ]
    try workspace.write(configuration)
  }

  /// The only trouble that has to be mended.
  private func trouble(_ diagnosis: Diagnosis) throws -> Diagnosis.Finding {
    #expect(diagnosis.status == 1)
    let failures = diagnosis.found("fail")
    #expect(failures.count == 1, "\(failures)")
    return try #require(failures.first)
  }

  /// The same for an API at `baseURL`.
  private func trouble(withAPI baseURL: String) throws -> Diagnosis.Finding {
    var configuration = workspace.configuration
    configuration.baseURL = baseURL
    configuration.entries = [workspace.entry("edge", token)]
    try workspace.write(configuration)
    return try trouble(Diagnosis(workspace))
  }

  // MARK: - Nothing wrong

  @Test func nothingHasToBeMendedBesideARunningService() throws {
    let before = try Diagnosis(workspace)
    #expect(before.status == 0)
    #expect(before.found("fail").isEmpty, "\(before.found("fail"))")
    #expect(before.lines("service").first?.hasPrefix("warn the service does not run") == true)
    let service = try workspace.restart()
    try service.event("serviceReady")
    let beside = try Diagnosis(workspace)
    #expect(beside.status == 0)
    #expect(beside.lines("service") == ["ok it runs, and no entry is in trouble"])
    #expect(beside.lines("state") == ["ok \(workspace.state)/rolls.db is sound, and of this machine"])
    #expect(beside.lines("edge").contains("ok the token is \"token-1\", active"))
    #expect(
      beside.lines("credential sandbox").contains { $0.contains("permission Account API Tokens Write") })
    #expect(beside.lines("clock").contains("ok it agrees with the API's"))
    #expect(try service.stop() == 0)
  }

  @Test func nothingIsChangedAndNothingSentWhereThatIsAsked() throws {
    try workspace.restart().stopped(after: "serviceReady")
    let requests = try requests()
    let before = try snapshot()
    let diagnosis = try Diagnosis(workspace, ["--offline"])
    #expect(diagnosis.lines("api") == ["ok not examined, as was asked (--offline)"])
    #expect(diagnosis.lines("state").contains { $0.hasPrefix("ok") })
    #expect(try snapshot() == before)
    #expect(try self.requests() == requests)
  }

  private func requests() throws -> Int {
    let list = try sandbox.administer("GET", "/requests")["requests"]
    return list.map { Array($0.elements).count } ?? -1
  }

  /// Names, sizes and times of change of everything that the service has.
  private func snapshot() throws -> [String] {
    var lines: [String] = []
    for directory in [workspace.state, workspace.published, workspace.path] {
      for path in TemporaryDirectory.names(directory).map({ "\(directory)/\($0)" }) + [directory] {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw TestFailure("stat \(path)") }
        lines.append("\(path) \(status.st_size) \(status.st_mode) \(status.st_mtim)")
      }
    }
    return lines
  }

  @Test func textNamesEachCureAndNoSecret() throws {
    rmdir(workspace.published)
    let result = try TestProcess.run(
      "env",
      [
        "SYSTEMD_UNIT_PATH=/nonexistent", try TestProcess.product("tokenroll"), "doctor", "--config",
        workspace.configurationFile,
      ])
    #expect(result.status == 1)
    let lines = result.outputText.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.contains { $0.hasPrefix("FAIL edge: cannot open directory \(workspace.published)") })
    #expect(lines.contains { $0.hasPrefix("     cure: install -d -o ") })
    #expect(!result.outputText.contains("\u{1B}"))
    for secret in try sandbox.tokens().map(\.secret) { #expect(!result.outputText.contains(secret)) }
  }

  /// As it is for a service in a sandbox where the directory was made anew: read-only for it, and for nobody else.
  @Test(.enabled(if: geteuid() == 0, "only root can mount"))
  func aDirectoryThatOnlyTheSandboxHasReadOnlyAsksForARestart() throws {
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("edge", token)]
    // Another entry, for a service that could roll nothing would not start.
    let other = try workspace.directory.makeDirectory("other")
    configuration.entries.append(
      workspace.entry(
        "mail", try sandbox.token("token-2"), schedule: ServiceConfiguration.Entry.later,
        publish: [.init(file: "\(other)/mail")]))
    let mount =
      "mount --bind \(workspace.published) \(workspace.published) && "
      + "mount -o remount,bind,ro \(workspace.published) && exec \"$@\""
    let service = try workspace.start(
      configuration, through: ["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, "sh"])
    try service.event("rollNotReady", entry: "edge", count: 2)
    let found = try trouble(Diagnosis(workspace))
    #expect(found.text.contains("read-only file system (EROFS)"), "\(found)")
    #expect(
      found.cure.hasPrefix("`systemctl restart tokenroll.service` where the directory was made"), "\(found)")
    #expect(try service.stop() == 0)
  }

  // MARK: - Planted faults

  @Test func aGroupThatDoesNotExistIsFound() throws {
    try write { $0.others["group"] = "\"no-such-group\"" }
    let found = try trouble(Diagnosis(workspace))
    #expect(found.text.contains("cannot find group \"no-such-group\""))
    #expect(found.cure.contains("groupadd --system"))
  }

  @Test(arguments: [
    #"{"secret":"cfat_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#, #"{"status":"disabled"}"#,
  ])
  func aRevokedCredentialIsFound(_ change: String) throws {
    try sandbox.administer("POST", "/tokens/\(try sandbox.token("credential").id)", change)
    let found = try trouble(Diagnosis(workspace))
    #expect(found.subject == "credential sandbox")
    #expect(found.cure.contains("make a token with the permission Account API Tokens Write"))
    #expect(found.cure.contains("restart the service"))
  }

  @Test(.enabled(if: geteuid() == 0, "mounting needs root"), arguments: ["size=4m", "size=128m,nr_inodes=3"])
  func aFullDiskIsFound(_ options: String) throws {
    let fill = "for i in 1 2 3; do head -c 100m /dev/zero > \(workspace.published)/$i; done 2>/dev/null"
    let script = """
      mount -t tmpfs -o \(options),mode=0700 small \(workspace.published) && { \(fill); exec "$@"; }
      """
    let found = try trouble(Diagnosis(workspace, through: ["unshare", "-m", "sh", "-c", script, "sh"]))
    #expect(found.subject == "disk")
    #expect(found.text.contains(workspace.published))
    #expect(found.cure.contains("df -h"))
  }

  @Test func aWrongClockIsFound() throws {
    try sandbox.addFault(
      #"{"kind":"delay","call":"verify","count":"forever","headers":{"Date":"Sun, 06 Nov 2044 08:49:37 GMT"}}"#
    )
    let found = try trouble(Diagnosis(workspace))
    #expect(found.subject == "clock")
    #expect(found.text.contains("behind that of the API"))
    #expect(found.cure.contains("timedatectl set-ntp true"))
  }

  @Test func aDestinationWithoutItsDirectoryIsFound() throws {
    rmdir(workspace.published)
    let found = try trouble(Diagnosis(workspace))
    #expect(found.subject == "edge")
    #expect(found.text.contains("no such file or directory"))
    #expect(found.cure.hasPrefix("install -d"))
    #expect(found.cure.hasSuffix(workspace.published))
  }

  @Test func aRefusedConfigurationIsFoundWithEveryProblem() throws {
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry("one", token), workspace.entry("two", token),
      workspace.entry("three", token, schedule: "{}"),
    ]
    try workspace.write(configuration)
    let diagnosis = try Diagnosis(workspace)
    #expect(diagnosis.status == 1)
    let failures = diagnosis.found("fail").filter { $0.subject == "configuration" }
    #expect(failures.contains { $0.text.contains("this token has an entry already") })
    #expect(failures.count >= 3)
  }

  @Test func aStateThatARestartOfTheMachineEndsIsFound() throws {
    let workspace = try Workspace(sandbox, in: .memory)
    mkdir(workspace.state, 0o700)
    var configuration = workspace.configuration
    configuration.entries = [workspace.entry("edge", token)]
    try workspace.write(configuration)
    let diagnosis = try Diagnosis(workspace)
    let found = try trouble(diagnosis)
    #expect(found.subject == "state")
    #expect(found.text.contains("lies in memory"))
    #expect(
      diagnosis.found("warn").contains { $0.subject == "disk" && $0.text.contains(workspace.published) })
  }

  @Test func aDamagedStateIsFound() throws {
    try workspace.restart().stopped(after: "serviceReady")
    let descriptor = open("\(workspace.state)/rolls.db", O_WRONLY | O_CLOEXEC)
    defer { close(descriptor) }
    let rubbish = [UInt8](repeating: 0x55, count: 20_000)
    #expect(pwrite(descriptor, rubbish, rubbish.count, 4_096) == rubbish.count)
    let found = try trouble(Diagnosis(workspace))
    #expect(found.subject == "state")
    #expect(found.text.contains("damaged"))
    #expect(found.cure.contains("Recovery"))
  }

  @Test func anApiThatCannotBeReachedIsFound() throws {
    // Port 1 is not listened at.
    let found = try trouble(withAPI: "http://127.0.0.1:1/client/v4")
    #expect(found.subject == "api")
    #expect(found.cure.contains("reaches the API"))
  }

  @Test func aCertificateThatIsNotTrustedIsFound() throws {
    let secure = try SandboxUnderTest(tls: true)
    let workspace = try Workspace(secure)
    var configuration = workspace.configuration
    configuration.caFile = nil
    configuration.entries = [workspace.entry("edge", try secure.token("token-1"))]
    try workspace.write(configuration)
    let found = try trouble(Diagnosis(workspace))
    #expect(found.subject == "api")
    #expect(found.cure.contains("ca-certificates"))
  }

  @Test func whatARunningServiceIsInTroubleWithIsTold() throws {
    try sandbox.addFault(#"{"kind":"refuse","status":403,"call":"roll","count":"forever"}"#)
    let service = try workspace.restart()
    try service.event("serviceReady")
    #expect(try workspace.command("roll", "edge", "--yes").status == 1)
    let found = try trouble(Diagnosis(workspace))
    #expect(found.subject == "service")
    #expect(found.text.hasPrefix("edge: "))
    #expect(found.cure.contains("tokenroll retry edge"))
    #expect(try service.stop() == 0)
  }

  @Test func aDropInThatTheRunningServiceDoesNotKnowIsFound() throws {
    let units = try UnitDirectory(dropIns: ["late.conf": "[Service]\n"])
    let dropIn = "\(units.path)/tokenroll.service.d/late.conf"
    _ = try TestProcess.run("touch", ["-d", "-1 hour", dropIn, "\(units.path)/tokenroll.service"])
    let service = try workspace.restart()
    try service.event("serviceReady")
    #expect(
      try Diagnosis(workspace, ["--offline"], unitPath: units.path).lines("service").first?.hasPrefix("ok")
        == true)
    _ = try TestProcess.run("touch", ["-d", "+1 hour", dropIn])
    let found = try Diagnosis(workspace, ["--offline"], unitPath: units.path).found("warn")
    #expect(
      found.contains {
        $0.subject == "service" && $0.text.hasPrefix("\(dropIn) was changed after the service started")
          && $0.cure == "systemctl daemon-reload && systemctl restart tokenroll.service"
      })
    #expect(try service.stop() == 0)
  }

  @Test func anApiWithoutAnAddressIsFound() throws {
    let found = try trouble(withAPI: "https://no-such-host.invalid/client/v4")
    #expect(found.subject == "dns")
    #expect(found.cure.contains("/etc/resolv.conf"))
  }

  @Test func aCredentialThatOthersCanReadIsFound() throws {
    chmod(workspace.directory.path("credential"), 0o644)
    let found = try trouble(Diagnosis(workspace))
    #expect(found.subject == "credential sandbox")
    #expect(found.cure == "chmod 0600 \(workspace.directory.path("credential"))")
  }

  @Test func aConfigurationThatOthersCanWriteIsFound() throws {
    chmod(workspace.configurationFile, 0o666)
    let found = try trouble(Diagnosis(workspace))
    #expect(found.subject == "configuration")
    #expect(found.cure == "chmod go-w \(workspace.configurationFile)")
  }

  // MARK: - Other users

  @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
  func rootSeesWithTheRightsOfTheServicesUser() throws {
    let units = try UnitDirectory(user: "daemon")
    chmod(workspace.path, 0o711)
    let diagnosis = try Diagnosis(workspace, ["--offline"], unitPath: units.path)
    #expect(diagnosis.status == 1)
    #expect(diagnosis.lines("credential sandbox").contains { $0.contains("permission denied") })
    #expect(diagnosis.found("fail").contains { $0.subject == "edge" && $0.cure.contains("daemon") })
  }

  @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
  func anOrdinaryUserIsToldWhatItMayNotSee() throws {
    let units = try UnitDirectory(user: "daemon")
    chmod(workspace.path, 0o711)
    chmod(workspace.configurationFile, 0o644)
    let become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    let diagnosis = try Diagnosis(workspace, ["--offline"], through: become, unitPath: units.path)
    let warnings = diagnosis.found("warn").filter {
      ["credential sandbox", "edge", "state"].contains($0.subject)
    }
    #expect(warnings.count >= 2, "\(diagnosis.findings)")
    #expect(warnings.allSatisfy { $0.cure == "run `tokenroll doctor` as root or as daemon" })
    #expect(diagnosis.found("fail").allSatisfy { $0.subject == "unit" })
  }
}
