import Glibc
import JSON
import TestSupport
import Testing

/// Times at which nothing is rolled, in the running service and in its plan.
@Suite struct ScheduleWindowTests {
  @Test func whatIsDueInAWindowWaitsForItsEnd() throws {
    let sandbox = try SandboxUnderTest()
    let workspace = try Workspace(sandbox)
    var configuration = workspace.configuration
    let end = ServiceConfiguration.Entry.hour(in: 3)
    configuration.entries = [
      workspace.entry(
        "held", try sandbox.token("token-1"),
        schedule:
          #"{"every": "1s", "first": "now", "jitter": "0s", "not_during": \#(ServiceConfiguration.Entry.nextThreeHours)}"#
      ),
      workspace.entry("free", try sandbox.token("token-2"), schedule: ServiceConfiguration.Entry.every("1s")),
    ]
    let service = try workspace.start(configuration)
    try service.event("rollSettled", entry: "free", count: 3)
    #expect(try sandbox.rolls(of: sandbox.token("token-1")) == 0)

    let plan = try JSONDocument(
      parsing: workspace.command("plan", "--json", "--entry", "held", "--until", "4h").output)
    #expect(Array(plan.root.elements).first?["due"]?.string?.hasSuffix("T\(end):00:00Z") == true)
    #expect(try workspace.command("status", "held", "--json").outputText.contains("T\(end):00:00Z"))
    #expect(try service.stop() == 0)
  }
}
