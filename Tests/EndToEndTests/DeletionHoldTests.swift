import Glibc
import JSON
import TestSupport
import Testing

/// What keeps a token that was replaced from being deleted, which cannot be undone, and that it ends.
@Suite struct DeletionHoldTests {
  /// An entry "edge" that was replaced, whose old token the API did not let go; by now it would.
  private struct Undeleted {
    let sandbox: SandboxUnderTest
    let workspace: Workspace
    let token: SandboxUnderTest.Token
    var configuration: ServiceConfiguration
    var service: RunningService

    init(reload: [String] = [], environment: [String: String] = [:]) throws {
      let replaced = try ReplacedEntry(grace: "0")
      (sandbox, workspace, token) = (replaced.sandbox, replaced.workspace, replaced.token)
      configuration = replaced.configuration
      configuration.entries[0].reload = reload
      try sandbox.addFault(#"{"kind":"refuse","status":403,"call":"delete","count":"forever"}"#)
      service = try workspace.start(configuration, environment: environment)
      if reload.isEmpty { try service.event("deletionFailed", entry: "edge") }
      try service.event("rollSettled")
      try sandbox.administer("DELETE", "/faults")
    }

    /// Has the service read `configuration`.
    func reload() throws {
      try workspace.write(configuration)
      #expect(try workspace.command("reload").status == 0)
    }

    /// That an operator's wish does not have the token deleted; what the audit asks would come after the deletion.
    func expectHeld(sourceLocation: SourceLocation = #_sourceLocation) throws {
      let before = try sandbox.received("delete")
      #expect(try workspace.command("retry").status == 1, sourceLocation: sourceLocation)
      _ = try workspace.command("audit")
      #expect(try sandbox.received("delete") == before, sourceLocation: sourceLocation)
      #expect(service.events("tokenDeleted").isEmpty, sourceLocation: sourceLocation)
    }

    func expectDeleted() throws {
      try service.event("tokenDeleted")
      #expect(try sandbox.replacements(of: token).map(\.id) != [token.id])
      #expect(try service.stop() == 0)
    }
  }

  @Test func whilePausedAndNoLonger() throws {
    let undeleted = try Undeleted()
    #expect(try undeleted.workspace.command("pause", "edge", "--reason", "an audit").status == 0)
    try undeleted.expectHeld()
    #expect(try undeleted.workspace.command("resume", "edge").status == 0)
    try undeleted.expectDeleted()
  }

  @Test func inAWindowUntilAReloadTakesThatAway() throws {
    var undeleted = try Undeleted()
    let schedule = undeleted.configuration.entries[0].schedule
    undeleted.configuration.entries[0].schedule =
      #"{"every": "1y", "not_during": \#(ServiceConfiguration.Entry.nextThreeHours)}"#
    try undeleted.reload()
    try undeleted.expectHeld()
    undeleted.configuration.entries[0].schedule = schedule
    try undeleted.reload()
    try undeleted.expectDeleted()
  }

  @Test(.enabled(if: BusUnderTest.isSupported))
  func untilTheUnitsThatMayHaveTheOldSecretAreReloaded() throws {
    let bus = try BusUnderTest(
      .refusal(name: "org.freedesktop.DBus.Error.AccessDenied", message: "Access denied"))
    let undeleted = try Undeleted(reload: ["caddy.service"], environment: bus.environment)
    try undeleted.service.event("actionFailed")
    _ = try undeleted.workspace.command("audit")
    #expect(try undeleted.sandbox.received("delete") == 0)
    bus.manager.behave(.job(result: "done"))
    #expect(try undeleted.workspace.command("retry").status == 0)
    try undeleted.service.event("actionRecovered")
    try undeleted.expectDeleted()
  }

  /// Its new identifier was taken into the configuration, and then an entry was made for the old token as well.
  @Test func asLongAsAnEntryHasTheToken() throws {
    var undeleted = try Undeleted()
    let new = try #require(
      try undeleted.sandbox.replacements(of: undeleted.token).first { $0.id != undeleted.token.id })
    undeleted.configuration.entries[0].token = new.id
    try undeleted.reload()
    let other = undeleted.workspace.entry(
      "other", undeleted.token, schedule: ServiceConfiguration.Entry.later)
    undeleted.configuration.entries.append(other)
    try undeleted.reload()
    try undeleted.expectHeld()
    #expect(try undeleted.sandbox.verify(undeleted.token).status == 200)
    undeleted.configuration.entries.removeLast()
    try undeleted.reload()
    try undeleted.expectDeleted()
  }

  @Test(.enabled(if: Workspace.canReadState, "there is no sqlite3(1)"))
  func whileTheClockIsNotTrusted() throws {
    var undeleted = try Undeleted()
    #expect(try undeleted.service.stop() == 0)
    try undeleted.workspace.askState("UPDATE tokens SET last_attempt = last_attempt + 86400000000 * 400")
    undeleted.service = try undeleted.workspace.restart()
    try undeleted.service.event("clockImplausible")
    try undeleted.expectHeld()
    #expect(try undeleted.service.stop() == 0)
  }

  @Test func withTheCredentialThatTheEntryHasNow() throws {
    var undeleted = try Undeleted()
    let credential = try undeleted.sandbox.token("credential").secret
    undeleted.configuration.credentials["another"] = try undeleted.workspace.directory.write(
      "another", credential)
    undeleted.configuration.entries[0].credential = "another"
    undeleted.configuration.credentials["sandbox"] = nil
    try undeleted.reload()
    #expect(try undeleted.workspace.command("retry").status == 0)
    try undeleted.expectDeleted()
  }
}
