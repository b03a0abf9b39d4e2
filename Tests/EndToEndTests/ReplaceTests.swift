import Glibc
import JSON
import TestSupport
import Testing

/// Replacement: a new token takes the place of the old one, which is deleted later; nothing is left in the account.
@Suite struct ReplaceTests {
  @Test func aNewTokenTakesThePlaceAndTheOldOneStaysForItsGrace() throws {
    let replaced = try ReplacedEntry(grace: "1h")
    let service = try replaced.workspace.start(replaced.configuration)
    let event = try service.event("tokenReplaced", entry: "edge")
    try service.event("rollSettled")
    let tokens = try replaced.tokens()
    #expect(tokens.count == 2)
    let new = try #require(tokens.first { $0.id != replaced.token.id })
    #expect(event.message.contains(new.id) && event.message.contains(replaced.token.id))
    #expect(replaced.published == new.secret)
    #expect(try replaced.sandbox.verify(replaced.token).status == 200)
    #expect(try replaced.sandbox.rolls(of: replaced.token) == 0)
    let old = try replaced.sandbox.send(
      "GET", "/accounts/\(new.account)/tokens/\(replaced.token.id)",
      bearer: try replaced.sandbox.token("credential").secret
    ).json()
    let made = try replaced.sandbox.send(
      "GET", "/accounts/\(new.account)/tokens/\(new.id)",
      bearer: try replaced.sandbox.token("credential").secret
    ).json()
    #expect(
      made["result"]?["policies"]?.elements.compactMap {
        $0["permission_groups"]?.elements.compactMap { $0["id"]?.string }
      }
        == old["result"]?["policies"]?.elements.compactMap {
          $0["permission_groups"]?.elements.compactMap { $0["id"]?.string }
        })
    let status = try JSONDocument(parsing: replaced.workspace.command("status", "edge", "--json").output).root
    #expect(status["token_id"]?.string == new.id)
    // The old one is known to be due for deletion.
    #expect(status["healthy"]?.boolean == true)
    let pending = try #require(status["deletions"]?.elements.first { _ in true })
    #expect(pending["token_id"]?.string == replaced.token.id && pending["trouble"]?.string == nil)
    let shown = try replaced.workspace.command("status", "edge")
    #expect(shown.outputText.contains("\(replaced.token.id) is deleted in "), "\(shown.outputText)")
    let audit = try Diagnosis(replaced.workspace, ["--unused-for", "1y"], command: "audit")
    let due = audit.lines("token \(replaced.token.id)")
    #expect(
      due.count == 1
        && due[0].hasPrefix("ok \"token-1\" was replaced by the entry edge, and the service deletes it at "),
      "\(due)")
    // A retry is for what failed: the grace stays.
    #expect(try replaced.workspace.command("retry", "edge").status == 1)
    #expect(try replaced.sandbox.verify(replaced.token).status == 200)
    #expect(try service.stop() == 0)
    #expect(try replaced.workspace.outcomes() == ["settled"])
    #expect(replaced.workspace.escrowed.isEmpty && replaced.workspace.temporaries.isEmpty)
    #expect(service.events("tokenDeleted").isEmpty)
  }

  @Test func oneAfterAnotherIsReplacedWhicheverIdentifierIsConfigured() throws {
    var replaced = try ReplacedEntry(grace: "0", schedule: ServiceConfiguration.Entry.later)
    var service = try replaced.workspace.start(replaced.configuration)
    try service.event("serviceReady")
    #expect(try replaced.workspace.command("roll", "edge", "--yes").status == 0)
    let first = try replaced.one(service)
    #expect(first.id != replaced.token.id && replaced.published == first.secret)
    #expect(try service.stop() == 0)

    // The identifier in the configuration is that of a token which is gone.
    service = try replaced.workspace.restart()
    try service.event("serviceReady")
    #expect(try replaced.workspace.command("roll", "edge", "--yes").status == 0)
    let second = try replaced.one(service)
    #expect(second.id != first.id && replaced.published == second.secret)
    #expect(second.name.hasPrefix("token-1 (tokenroll ") && second.name.utf8.count == first.name.utf8.count)
    #expect(try replaced.workspace.command("check", "--probe").status == 0)

    replaced.configuration.entries[0].token = second.id
    try replaced.workspace.write(replaced.configuration)
    service.signal(SIGHUP)
    try service.event("configurationReloaded")
    #expect(try replaced.workspace.command("roll", "edge", "--yes").status == 0)
    let third = try replaced.one(service)
    #expect(third.id != second.id && replaced.published == third.secret)
    #expect(try replaced.workspace.outcomes() == ["settled", "settled", "settled"])

    // Two entries for what is one token by now.
    replaced.configuration.entries.append(
      replaced.workspace.entry(
        "other", .init(account: third.account, id: third.id, name: "", secret: ""),
        schedule: ServiceConfiguration.Entry.later))
    try replaced.workspace.write(replaced.configuration)
    service.signal(SIGHUP)
    let refusal = try service.event("configurationRefused")
    #expect(refusal.message.contains("\"edge\" and \"other\" have the same token"))
    #expect(try service.stop() == 0)
  }

  @Test func aDeletionThatFailsIsTriedAgainAlsoAfterARestart() throws {
    let replaced = try ReplacedEntry(grace: "0")
    try replaced.sandbox.addFault(#"{"kind":"refuse","status":503,"call":"delete","count":"forever"}"#)
    let service = try replaced.workspace.start(replaced.configuration)
    let failure = try service.event("deletionFailed", entry: "edge")
    #expect(
      failure.priority == 4 && failure.message.contains(replaced.token.id) && failure.message.contains("503"))
    try service.event("rollSettled")
    try service.crash()
    #expect(try replaced.tokens().count == 2)

    // An entry that is gone leaves its old token to be deleted all the same.
    var configuration = replaced.configuration
    configuration.entries = [
      replaced.workspace.entry(
        "other", try replaced.sandbox.token("token-2"), schedule: ServiceConfiguration.Entry.later)
    ]
    try replaced.sandbox.administer("DELETE", "/faults")
    let next = try replaced.workspace.start(configuration)
    try next.event("tokenDeleted", entry: "edge")
    #expect(try replaced.one(next).secret == replaced.published)
    #expect(try next.stop() == 0)
  }

  @Test func aDeletionWhoseAnswerIsLostIsDoneWithOnceTheTokenIsNotFound() throws {
    let replaced = try ReplacedEntry(grace: "0")
    try replaced.sandbox.addFault(#"{"kind":"close","call":"delete","commit":"yes"}"#)
    let service = try replaced.workspace.start(replaced.configuration)
    try service.event("deletionFailed", entry: "edge")
    #expect(try service.event("tokenDeleted").message.contains("is gone"))
    #expect(try replaced.one(service).secret == replaced.published)
    #expect(try service.stop() == 0)
  }

  @Test func aDeletionThatFailsIsToldAndTriedWhenAnOperatorAsks() throws {
    let replaced = try ReplacedEntry(grace: "0")
    try replaced.sandbox.addFault(#"{"kind":"refuse","status":403,"call":"delete","count":"forever"}"#)
    let service = try replaced.workspace.start(replaced.configuration)
    try service.event("deletionFailed", entry: "edge")
    try service.event("rollSettled")
    let whole = try replaced.workspace.command("status")
    #expect(whole.status == 1)
    #expect(whole.outputText.contains("1 entry, 1 undeleted"), "\(whole.outputText)")
    #expect(
      whole.outputText.contains("the deletion of \(replaced.token.id) fails since "), "\(whole.outputText)")
    #expect(whole.outputText.contains("then `tokenroll retry edge`"), "\(whole.outputText)")
    let entry = try JSONDocument(parsing: replaced.workspace.command("status", "edge", "--json").output).root
    let pending = try #require(entry["deletions"]?.elements.first { _ in true })
    #expect(pending["trouble"]?.string?.contains("403") == true && pending["failing_since"]?.string != nil)
    let metrics = try replaced.workspace.command("metrics").outputText
    #expect(metrics.contains("tokenroll_deletions_pending 1\n"))
    #expect(metrics.contains("tokenroll_deletions_failing 1\n"))
    #expect(metrics.contains("\ntokenroll_deletion_failing_since_timestamp_seconds 1"))
    let audit = try Diagnosis(replaced.workspace, ["--unused-for", "1y"], command: "audit")
    let left = audit.lines("token \(replaced.token.id)")
    #expect(
      left.count == 1 && left[0].hasPrefix("warn ") && left[0].contains("could not be deleted"), "\(left)")

    #expect(try service.stop() == 0)
    let next = try replaced.workspace.restart()
    try next.event("serviceReady")
    let later = try JSONDocument(parsing: replaced.workspace.command("status", "edge", "--json").output).root
    let still = try #require(later["deletions"]?.elements.first { _ in true })
    for member in ["trouble", "failing_since"] {
      #expect(still[member]?.string == pending[member]?.string && still[member]?.string != nil)
    }
    try replaced.sandbox.administer("DELETE", "/faults")
    let retry = try replaced.workspace.command("retry", "edge")
    #expect(retry.outputText == "token \(replaced.token.id): its deletion is tried now\n")
    try next.event("tokenDeleted", entry: "edge")
    #expect(try replaced.one(next).secret == replaced.published)
    #expect(try next.stop() == 0)
  }

  /// Where the account has 120 tokens, the new one is on the third page of its list.
  @Test(arguments: [
    (#"{"kind":"close","call":"create","commit":"yes"}"#, 3), (#"{"kind":"no-result","call":"create"}"#, 3),
    (#"{"kind":"close","call":"create","commit":"yes"}"#, 120),
  ])
  func whatALostAnswerHasMadeIsDeleted(fault: String, count: Int) throws {
    let replaced = try ReplacedEntry(grace: "0", amongTokens: count)
    try replaced.sandbox.addFault(fault)
    let service = try replaced.workspace.start(replaced.configuration)
    #expect(try service.event("replacementUncertain").priority == 4)
    try service.event("rollSettled")
    try service.event("tokenDeleted", count: 2)
    let left = try replaced.one(service)
    #expect(left.secret == replaced.published)
    #expect(try service.stop() == 0)
    #expect(service.events("tokenDeleted").count == 2)
    #expect(try replaced.workspace.outcomes() == ["did-not-happen", "settled"])
  }

  @Test func aTokenThatIsCreatedAfterItsRequestWasGivenUpIsDeleted() throws {
    let replaced = try ReplacedEntry(grace: "0")
    try replaced.sandbox.addFault(#"{"kind":"close","call":"create","commit_after_ms":1500}"#)
    let service = try replaced.workspace.start(replaced.configuration)
    try service.event("rollSettled")
    try service.event("tokenDeleted", count: 2)
    #expect(try replaced.one(service).secret == replaced.published)
    #expect(try service.stop() == 0)
  }

  /// As where the clock was a day ahead when the answer was lost, and was set right.
  @Test(.enabled(if: Workspace.canReadState, "there is no sqlite3(1)"))
  func aTokenThatIsCreatedAfterTheSearchSeemsToBeOverIsDeleted() throws {
    let replaced = try ReplacedEntry(grace: "0")
    try replaced.sandbox.addFault(#"{"kind":"close","call":"create","commit_after_ms":3000}"#)
    let service = try replaced.workspace.start(replaced.configuration)
    try service.event("replacementUncertain")
    #expect(try service.stop() == 0)
    try replaced.workspace.askState(
      "UPDATE deletions SET until = 0 WHERE token_id IS NULL AND due IS NOT NULL")
    #expect(try replaced.workspace.askState("SELECT count(*) FROM deletions WHERE until = 0") == "1\n")
    let next = try replaced.workspace.restart()
    try next.event("rollSettled")
    try next.event("tokenDeleted", count: 2)
    #expect(try replaced.one(next).secret == replaced.published)
    #expect(try next.stop() == 0)
  }

  @Test func aSecretThatIsNotInForceIsWithheldAndItsTokenDeleted() throws {
    let replaced = try ReplacedEntry(grace: "0")
    // The first question is about the secret that is there.
    try replaced.sandbox.addFault(
      #"{"kind":"refuse","status":401,"code":1000,"call":"verify","skip":1,"count":"forever"}"#)
    let service = try replaced.workspace.start(replaced.configuration)
    #expect(try service.event("secretWithheld").priority == 2)
    try service.event("tokenDeleted")
    #expect(try replaced.one(service).id == replaced.token.id)
    #expect(replaced.published == replaced.token.secret)
    #expect(service.events("secretPublished").isEmpty)
    #expect(try service.stop() == 0)
    #expect(try replaced.workspace.outcomes() == ["withheld"])
    #expect(replaced.workspace.escrowed.isEmpty)
  }

  /// Some consumers have it, so the others are to have it too, although nobody can say whether it is in force.
  @Test func afterACrashBetweenTwoDestinationsTheSecondOneGetsTheSecret() throws {
    var replaced = try ReplacedEntry(grace: "1h")
    let second = replaced.workspace.published + "/second"
    replaced.configuration.entries[0].publish.append(.init(file: second))
    // Long enough to put something in the way of the second one.
    try replaced.sandbox.addFault(#"{"kind":"delay","call":"create","delay_after_ms":3000}"#)
    let service = try replaced.workspace.start(replaced.configuration)
    try service.event("rollStarted")
    mkdir(second, 0o700)
    try service.event("publicationFailed")
    let new = try #require(replaced.published)
    #expect(new != replaced.token.secret)
    try service.crash()
    rmdir(second)
    try replaced.sandbox.addFault(#"{"kind":"refuse","status":503,"call":"verify","count":"forever"}"#)
    let next = try replaced.workspace.restart()
    try next.event("secretPublished")
    #expect(replaced.workspace.publishedText("second") == new)
    #expect(try next.stop() == 0)
  }

  @Test func aRefusalLeavesTheOldTokenInForce() throws {
    let replaced = try ReplacedEntry(grace: "0")
    try replaced.sandbox.addFault(
      #"{"kind":"refuse","status":403,"code":9109,"call":"create","count":"forever"}"#)
    let service = try replaced.workspace.start(replaced.configuration)
    let refusal = try service.event("rollRefusedForGood")
    #expect(refusal.message.contains("rights that it does not have itself"))
    #expect(try replaced.tokens().map(\.id) == [replaced.token.id])
    #expect(replaced.published == replaced.token.secret)
    #expect(try service.stop() == 0)
    #expect(try replaced.workspace.outcomes() == ["not-rolled"])
  }

  @Test func aDisabledTokenIsNotReplacedByAnActiveOne() throws {
    let replaced = try ReplacedEntry(grace: "0")
    try replaced.sandbox.administer("POST", "/tokens/\(replaced.token.id)", #"{"status": "disabled"}"#)
    let service = try replaced.workspace.start(replaced.configuration)
    let refusal = try service.event("rollRefusedForGood")
    #expect(refusal.message.contains("the token is disabled"))
    #expect(try replaced.tokens().count == 1)
    #expect(try service.stop() == 0)
  }

  @Test func aConsumerIsNeverRefused() throws {
    let replaced = try ReplacedEntry(grace: "1h", schedule: ServiceConfiguration.Entry.later)
    let service = try replaced.workspace.start(replaced.configuration, level: "info")
    try service.event("serviceReady")
    let consumer = ConsumerUnderTest(
      replaced.sandbox, account: replaced.token.account, file: "\(replaced.workspace.published)/edge")
    try consumer.uses(replaced.token.secret)
    for _ in 0..<5 {
      let result = try replaced.workspace.command("roll", "edge", "--yes")
      try #require(result.status == 0, "\(result.errorText)")
      try consumer.uses(try #require(replaced.published))
    }
    #expect(consumer.tally.refused == 0)
    #expect(try service.stop() == 0)
    #expect(try replaced.tokens().count == 6)
  }
}
