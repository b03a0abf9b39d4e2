import Glibc
import TestSupport
import Testing

/// Destinations that are filled in from a template, and what becomes of a roll where the template is wrong.
@Suite struct TemplateDestinationTests {
  /// An entry with a plain destination, and one from a template in a directory of its own.
  private struct Subject {
    let sandbox: SandboxUnderTest
    let workspace: Workspace
    let token: SandboxUnderTest.Token
    let template: String
    var configuration: ServiceConfiguration

    init(_ text: String) throws {
      sandbox = try SandboxUnderTest()
      workspace = try Workspace(sandbox)
      token = try sandbox.token("token-1")
      template = try workspace.directory.write("x.tmpl", text)
      _ = try workspace.directory.makeDirectory("other")
      configuration = workspace.configuration
      let templated = ServiceConfiguration.Destination(
        file: workspace.directory.path("other/templated"), format: "template", mode: "0640",
        others: ["template": ServiceConfiguration.quoted(template)])
      configuration.entries = [
        workspace.entry(
          "edge", token,
          publish: [
            .init(file: workspace.directory.path("other/first")), templated,
            .init(file: workspace.published + "/plain"),
          ])
      ]
    }

    func write(_ text: String) throws { try workspace.directory.write("x.tmpl", text) }

    /// The text of the file that comes from the template.
    var templated: String? { TemporaryDirectory.contents(workspace.directory.path("other/templated")) }

    func check() throws -> TestProcess.Result {
      try TestProcess.run(
        TestProcess.product("tokenroll"), ["check", "--config", workspace.configurationFile])
    }
  }

  @Test func aTemplateIsFilledIn() throws {
    let subject = try Subject(
      "{{{{x}} {{entry}} {{account_id}}/{{token_id}}\ns=\"{{secret|json}}\" {{secret}}\n")
    let service = try subject.workspace.start(subject.configuration)
    try service.event("rollSettled", entry: "edge")
    #expect(try service.stop() == 0)
    let (token, secret) = (subject.token, try subject.sandbox.token("token-1").secret)
    #expect(subject.templated == "{{x}} edge \(token.account)/\(token.id)\ns=\"\(secret)\" \(secret)\n")
    #expect(try FileStatus(subject.workspace.directory.path("other/templated")).mode == 0o640)
    #expect(try subject.check().status == 0)
  }

  @Test func aWrongTemplateIsRefusedByTheCheckAndByAReload() throws {
    let subject = try Subject("{{secret}}\n")
    let service = try subject.workspace.start(subject.configuration)
    try service.event("rollSettled", entry: "edge")
    try subject.write("a\n {{secrt}} {{\n")
    service.signal(SIGHUP)
    let problem = "\(subject.template):2:4: \"secrt\" is none of"
    #expect(try service.event("configurationRefused").message.hasPrefix(problem))
    let second = try service.event("configurationRefused", count: 2)
    #expect(second.message.hasPrefix("\(subject.template):2:12: \"{{\" has no \"}}\""))
    let check = try subject.check()
    #expect(check.status == 78)
    #expect(check.errorText.contains(problem) && check.errorText.contains("did you mean \"secret\"?"))
    try subject.write("{{secret}}!\n")
    service.signal(SIGHUP)
    try service.event("configurationReloaded")
    #expect(try service.stop() == 0)
  }

  @Test func nothingIsSentWhileATemplateIsWrong() throws {
    var subject = try Subject("{{secret}} {{unknown}}")
    subject.configuration.entries.append(
      subject.workspace.entry("well", try subject.sandbox.token("token-2")))
    let service = try subject.workspace.start(subject.configuration)
    let report = try service.event("rollNotReady", entry: "edge")
    #expect(report.message.contains("\(subject.template): at 1:14: \"unknown\" is none of"))
    try service.event("rollSettled", entry: "well")
    #expect(try subject.sandbox.rolls(of: subject.token) == 0)
    try subject.write("{{secret}}\n")
    // What was not ready is tried again less and less often.
    try service.event("rollSettled", entry: "edge", within: 300)
    #expect(try service.stop() == 0)
    #expect(try subject.sandbox.rolls(of: subject.token) == 1)
    #expect(try subject.templated == subject.sandbox.token("token-1").secret + "\n")
  }

  @Test func aTemplateThatIsGoneAfterTheRequestDoesNotMatter() throws {
    let subject = try Subject("a {{secret}}\n")
    try subject.sandbox.addFault(#"{"kind":"delay","delay_after_ms":5000,"call":"roll"}"#)
    let service = try subject.workspace.start(subject.configuration)
    try subject.sandbox.administer("GET", "/wait?rolls=1")
    unlink(subject.template)
    try service.event("rollSettled", entry: "edge")
    #expect(service.events("publicationFailed").isEmpty)
    #expect(try service.stop() == 0)
    #expect(try subject.templated == "a \(subject.sandbox.token("token-1").secret)\n")
  }

  @Test func aTemplateThatIsGoneAfterACrashKeepsTheSecretFromNoOtherDestination() throws {
    let subject = try Subject("a {{secret}}\n")
    try subject.sandbox.addFault(#"{"kind":"delay","delay_after_ms":5000,"call":"roll"}"#)
    let service = try subject.workspace.start(subject.configuration)
    try subject.sandbox.administer("GET", "/wait?rolls=1")
    let other = subject.workspace.directory.path("other")
    _ = try TestProcess.run("rm", ["-r", other])
    let failure = try service.event("publicationFailed", entry: "edge").message
    #expect(failure.contains("\(other)/first") || failure.contains("\(other):"))
    #expect(failure.contains("not in \(other)/templated either"))
    #expect(failure.contains("published/plain") == false)
    try service.crash()

    unlink(subject.template)
    mkdir(other, 0o700)
    let next = try subject.workspace.restart()
    let lack = try next.event("publicationFailed", entry: "edge").message
    #expect(lack.contains("cannot open \(subject.template)"))
    let secret = try subject.sandbox.token("token-1").secret
    #expect(subject.workspace.publishedText("plain") == secret)
    #expect(TemporaryDirectory.contents("\(other)/first") == secret)
    #expect(subject.templated == nil && subject.workspace.escrowed.count == 1)
    try subject.write("b {{secret}}\n")
    try next.event("rollSettled", entry: "edge", within: 300)
    #expect(try next.stop() == 0)
    #expect(subject.templated == "b \(secret)\n")
    #expect(try subject.sandbox.rolls(of: subject.token) == 1 && subject.workspace.escrowed.isEmpty)
  }

  @Test func theOldSecretIsFoundInWhatWasFilledIn() throws {
    var subject = try Subject("# {{entry}} {{rolled_at}}\ntoken = {{secret}}\n")
    subject.configuration.entries[0].publish = [subject.configuration.entries[0].publish[1]]
    let first = try subject.workspace.start(subject.configuration)
    try first.event("rollSettled", entry: "edge")
    #expect(try first.stop() == 0)
    // The answer to the second roll is lost before the server acts on it: the old secret says that nothing happened.
    subject.configuration.entries[0].schedule = ServiceConfiguration.Entry.every("1s")
    try subject.sandbox.addFault(#"{"kind":"reset","call":"roll"}"#)
    let second = try subject.workspace.start(subject.configuration)
    try second.event("rollDidNotHappen", entry: "edge")
    try second.stop()
  }
}
