import Glibc
import JSON
import TestSupport
import Testing

/// `tokenroll status` alone says which entries are in trouble, why, and what to do; and no longer once that is mended.
@Suite struct StatusTests {
  private let sandbox: SandboxUnderTest
  private let workspace: Workspace
  /// Where "one" is published; "two" has a directory of its own, for a service that could roll nothing would not start.
  private let place: String

  init() throws {
    sandbox = try SandboxUnderTest()
    workspace = try Workspace(sandbox)
    place = try workspace.directory.makeDirectory("place")
  }

  private func configuration(
    _ change: (inout ServiceConfiguration.Destination) -> Void = { _ in }
  ) throws -> ServiceConfiguration {
    var destination = ServiceConfiguration.Destination(file: "\(place)/one")
    change(&destination)
    var configuration = workspace.configuration
    configuration.entries = [
      workspace.entry(
        "one", try sandbox.token("token-1"), schedule: ServiceConfiguration.Entry.later,
        publish: [destination]),
      workspace.entry("two", try sandbox.token("token-2"), schedule: ServiceConfiguration.Entry.later),
    ]
    return configuration
  }

  private func begin(
    _ configuration: ServiceConfiguration, through: [String] = []
  ) throws -> RunningService {
    let service = try workspace.start(configuration, through: through)
    try service.event("serviceReady")
    return service
  }

  /// What all of the ways to ask say of the entry `name`.
  private func told(_ name: String = "one") throws -> (table: String, entry: JSONNode) {
    let table = try workspace.command("status")
    #expect(table.status == 1, "\(table.outputText)")
    let whole = try JSONDocument(parsing: workspace.command("status", "--json").output).root
    #expect(whole["healthy"]?.boolean == false)
    let entry = try #require(whole["entries"]?.elements.first { $0["name"]?.string == name })
    let client = try ControlSocketClient(workspace.control)
    client.send("org.tokenroll.Control.Entry", "{\"name\": \"\(name)\"}")
    let alone = try client.receive()?["parameters"]?["entry"]
    #expect(alone?["advice"]?.string == entry["advice"]?.string)
    #expect(alone?["unready"]?.string == entry["unready"]?.string)
    return (table.outputText, entry)
  }

  /// That "one" cannot be rolled for `reason`, and that `cure` is what to do about it.
  private func expectUnready(
    _ reason: String, _ cure: String, state: String = "unready",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (table, entry) = try told()
    let row = table.split(separator: "\n").first { $0.hasPrefix("one ") } ?? ""
    #expect(row.contains(reason), "\(table)", sourceLocation: sourceLocation)
    let task = table.split(separator: "\n").first { $0.hasPrefix("  one") } ?? ""
    #expect(task.contains(cure), "\(table)", sourceLocation: sourceLocation)
    #expect(entry["state"]?.string == state, sourceLocation: sourceLocation)
    #expect(entry["unready"]?.string?.contains(reason) == true, sourceLocation: sourceLocation)
    #expect(entry["advice"]?.string?.contains(cure) == true, sourceLocation: sourceLocation)
  }

  private func expectHealthy(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let status = try workspace.command("status")
    #expect(status.status == 0, "\(status.outputText)", sourceLocation: sourceLocation)
    #expect(!status.outputText.contains("To do"), "\(status.outputText)", sourceLocation: sourceLocation)
    #expect(!status.outputText.contains("unready"), "\(status.outputText)", sourceLocation: sourceLocation)
  }

  @Test func aGroupThatDoesNotExistIsNamedFromTheStartUntilAReloadMendsIt() throws {
    let service = try begin(try configuration { $0.others["group"] = "\"no-such-group\"" })
    try expectUnready("cannot find group \"no-such-group\"", "groupadd --system")
    #expect(try workspace.command("status").outputText.contains("2 entries, 1 unready"))
    #expect(try workspace.command("status", "two").status == 0)
    try workspace.write(try configuration())
    #expect(try workspace.command("reload").status == 0)
    try expectHealthy()
    try workspace.write(try configuration { $0.others["group"] = "\"no-such-group\"" })
    #expect(try workspace.command("reload").status == 0)
    try expectUnready("cannot find group", "groupadd --system")
    #expect(try service.stop() == 0)
  }

  @Test(
    .enabled(if: ControlSocketTests.canBecomeAnother, "needs root, and setpriv(1)"),
    arguments: [
      (
        "group", "adm", "cannot give to group adm the file",
        "a member of the group adm (usermod -aG adm root;"
      ),
      ("owner", "nobody", "cannot give to user nobody the file", "CAP_CHOWN"),
    ])
  func whoCannotBeGivenAFileIsNamed(key: String, name: String, reason: String, cure: String) throws {
    let service = try begin(
      try configuration { $0.others[key] = "\"\(name)\"" }, through: ["setpriv", "--bounding-set=-chown"])
    try expectUnready(reason, cure)
    #expect(try service.stop() == 0)
  }

  @Test func aDirectoryThatIsGoneIsNamedAfterAReloadUntilARetryFindsIt() throws {
    let service = try begin(try configuration())
    try expectHealthy()
    rmdir(place)
    #expect(try workspace.command("reload").status == 0)
    try expectUnready("cannot open directory \(place): no such file or directory", "install -d -o ")
    #expect(try workspace.command("retry", "two").status == 1)
    #expect(try workspace.command("retry", "one").outputText.hasPrefix("one: was not ready"))
    try expectUnready("cannot open directory", "\(place); then `tokenroll retry one`")
    mkdir(place, 0o700)
    #expect(try workspace.command("retry", "one").status == 0)
    try expectHealthy()
    #expect(try service.stop() == 0)
  }

  /// An attempt that failed for what is mended is made again with the reload, and its trouble is not told any more.
  @Test func aReloadTakesUpWhatWasNotReady() throws {
    let service = try begin(try configuration())
    rmdir(place)
    #expect(try workspace.command("roll", "one", "--yes").status == 1)
    try expectUnready("cannot open directory", "install -d", state: "backing_off")
    mkdir(place, 0o700)
    #expect(try workspace.command("reload").status == 0)
    try service.event("rollSettled", entry: "one")
    try service.event("entryRecovered", entry: "one")
    try expectHealthy()
    let recovered = try service.event("entryRecovered", entry: "one").message
    let count = service.events("rollNotReady", entry: "one").filter { $0.message.hasPrefix("Not rolled") }
      .count
    #expect(recovered.hasSuffix(count == 1 ? "after 1 failed attempt." : "after \(count) failed attempts."))
    #expect(try service.stop() == 0)
  }

  @Test func aTemplateThatIsGoneIsNamed() throws {
    let template = try workspace.directory.write("template", "token={{secret}}\n")
    let broken = try configuration {
      $0.format = "template"
      $0.others["template"] = "\"\(template)\""
    }
    unlink(template)
    let service = try begin(broken)
    try expectUnready(template, "correct \(template)")
    try workspace.directory.write("template", "token={{secret}}\n")
    #expect(try workspace.command("reload").status == 0)
    try expectHealthy()
    #expect(try service.stop() == 0)
  }

  @Test(.enabled(if: geteuid() == 0, "mounting needs root")) func aFullDiskIsNamedUntilThereIsRoom() throws {
    let script = """
      mount -t tmpfs -o size=4m,mode=0700 small \(place) && { head -c 100m /dev/zero > \(place)/fill; exec "$@"; }
      """
    let service = try begin(
      try configuration(), through: ["unshare", "-m", "--propagation", "private", "sh", "-c", script, "sh"])
    try expectUnready("no space left on device (ENOSPC)", "free space on the file system of \(place)")
    #expect(unlink("/proc/\(service.process.pid)/root\(place)/fill") == 0)
    #expect(try workspace.command("retry", "one").status == 0)
    try expectHealthy()
    #expect(try service.stop() == 0)
  }

  @Test func aRevokedCredentialIsNamedForEveryEntryThatNeedsIt() throws {
    let credential = try sandbox.token("credential").id
    let service = try begin(try configuration())
    try sandbox.administer("POST", "/tokens/\(credential)", #"{"status":"disabled"}"#)
    #expect(try workspace.command("roll", "one", "--yes").status == 1)
    let (table, entry) = try told("one")
    #expect(entry["trouble"]?.string?.contains("403") == true)
    #expect(entry["trouble"]?.string?.contains("credential \"sandbox\"") == true)
    #expect(try told("two").entry["state"]?.string == "unready")
    #expect(try told("two").entry["unready"]?.string?.contains("credential \"sandbox\"") == true)
    #expect(
      table.contains(
        "  one, two: see in Cloudflare's dashboard that the token of the credential sandbox is active"),
      "\(table)")
    // It goes on being told after a reload, which asks the API again.
    #expect(try workspace.command("reload").status == 0)
    #expect(try told("two").entry["state"]?.string == "unready")
    try sandbox.administer("POST", "/tokens/\(credential)", #"{"status":"active"}"#)
    #expect(try workspace.command("retry").status == 0)
    try service.event("rollSettled", entry: "one")
    try service.event("entryRecovered", entry: "one")
    try expectHealthy()

    // The next attempt after a refusal is minutes away, and a reload makes it at once where the credential is accepted.
    try sandbox.administer("POST", "/tokens/\(credential)", #"{"status":"disabled"}"#)
    #expect(try workspace.command("roll", "one", "--yes").status == 1)
    try sandbox.administer("POST", "/tokens/\(credential)", #"{"status":"active"}"#)
    #expect(try workspace.command("reload").status == 0)
    try service.event("entryRecovered", entry: "one", count: 2)
    try expectHealthy()
    #expect(try service.stop() == 0)
  }

  @Test func aCredentialThatIsGoneIsNamedForEveryEntryThatNeedsIt() throws {
    let service = try begin(try configuration())
    let file = workspace.directory.path("credential")
    unlink(file)
    #expect(try workspace.command("reload").status == 0)
    try expectUnready(file, "put the token alone into \(file)")
    #expect(try told("two").entry["unready"]?.string?.contains(file) == true)
    _ = try workspace.directory.write("credential", try sandbox.token("credential").secret)
    #expect(try workspace.command("retry").status == 0)
    try expectHealthy()
    #expect(try service.stop() == 0)
  }

  @Test func aClockThatIsNotThatOfTheAPIIsNamed() throws {
    let service = try begin(try configuration())
    try sandbox.addFault(
      #"{"kind":"delay","count":"forever","headers":{"Date":"Sun, 06 Nov 2044 08:49:37 GMT"}}"#)
    #expect(try workspace.command("roll", "one", "--yes").status == 0)
    let status = try workspace.command("status")
    #expect(status.status == 1)
    #expect(status.outputText.contains("All entries: the clock is "), "\(status.outputText)")
    #expect(status.outputText.contains("behind that of the API"))
    #expect(status.outputText.contains("timedatectl set-ntp true"))
    let json = try JSONDocument(parsing: workspace.command("status", "--json").output).root
    #expect(json["clock_error"]?.string?.contains("behind that of the API") == true)
    try sandbox.administer("DELETE", "/faults")
    #expect(try workspace.command("roll", "one", "--yes").status == 0)
    try expectHealthy()
    #expect(try service.stop() == 0)
  }
}
