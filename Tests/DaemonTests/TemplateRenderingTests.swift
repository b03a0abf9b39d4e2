import Configuration
import Core
import Glibc
import Platform
import TestSupport
import Testing

@testable import Daemon

/// How templates are filled in and read back, and which files are taken for one.
@Suite struct TemplateRenderingTests {
  private static let facts = SecretRendering.Facts(
    entry: "edge.1", accountID: "0123abcd", tokenID: "tok1", rolledAt: Timestamp(seconds: 1_767_225_600))

  private static func secret(_ text: String) -> Secret {
    Array(text.utf8).withUnsafeBytes { Secret(copying: $0) }
  }

  private static func text(_ secret: Secret) -> String {
    secret.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  private static func template(_ text: String) throws -> Template {
    try Array(text.utf8).withUnsafeBytes { try Template.parse($0, file: "x") }
  }

  @Test(arguments: [
    ("{{secret}}", "cfat_a", "cfat_a"),
    ("{{secret}}-{{secret}}\n", "cfat_a", "cfat_a-cfat_a\n"),
    (
      "{{secret_sha256}}", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
    (
      "{{secret}} {{entry}} {{account_id}} {{token_id}} {{rolled_at}}", "s",
      "s edge.1 0123abcd tok1 2026-01-01T00:00:00Z"
    ),
    (#"{"t": "{{secret|json}}"}"#, "a\"b\\\n", #"{"t": "a\"b\\\n"}"#),
    ("T={{secret|shell}}", "a\"b$c", #"T="a\"b\$c""#), ("T={{secret|shell}}", "cfat_a-B", "T=cfat_a-B"),
    ("{{{{x}} {{secret}}", "s", "{{x}} s"),
  ])
  func templateIsFilledIn(_ template: String, _ secret: String, _ content: String) throws {
    #expect(Self.text(try Self.template(template).render(Self.secret(secret), Self.facts)) == content)
  }

  @Test(arguments: [
    "{{secret}}", "token = \"{{secret}}\"\n", "{{secret}}\n{{secret}}",
    "# {{rolled_at}}, {{entry}}\n{{secret}} {{token_id}}",
    "{\"id\": \"{{account_id}}\", \"s\": \"{{secret|json}}\"}", "{{secret_sha256}}:{{secret|shell}}",
  ])
  func theSecretIsReadBack(_ template: String) throws {
    let template = try Self.template(template)
    let secret = Self.secret("cfat_A-b_9")
    let content = template.render(secret, Self.facts)
    #expect(try #require(template.secret(in: content)).equals(secret))
  }

  @Test(arguments: [
    ("{{secret_sha256}}", "abc"),
    // What touches another value, or a character that could be its own, cannot be told from it.
    ("{{secret}}{{token_id}}", "cfat_atok1"), ("{{token_id}}{{secret}}", "tok1cfat_a"),
    ("{{secret}}xyz", "cfat_axyz"),
    // Another template than the one that was filled in.
    ("a={{secret}}", "b=cfat_a"), ("a={{secret}}\n", "a=cfat_a"), ("a={{secret}}", "a=cfat_a\n"),
    ("{{secret}} {{secret}}", "cfat_a cfat_b"), ("{{secret}}", ""), ("{{secret}}", "cfat_ü"),
  ])
  func whatIsNotSurelyTheSecretIsNotReadBack(_ template: String, _ content: String) throws {
    #expect(try Self.template(template).secret(in: Self.secret(content)) == nil)
  }

  @Test func theCapacityIsNotExceededByWhatTheAPIIssues() throws {
    let text = String(repeating: "x", count: 60_000) + String(repeating: "{{secret}} ", count: 100)
    var rendering = SecretRendering(destination: Destination(file: "/x", format: .template, template: "/t"))
    #expect(throws: SystemError.self) { try rendering.render(Self.secret("s"), Self.facts) }
    rendering.template = try Self.template(text)
    let content = try rendering.render(Self.secret(String(repeating: "s", count: 53)), Self.facts)
    #expect(content.count <= rendering.capacity)
  }

  @Test @RotationActor func theLastGoodTemplateIsKept() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("x.tmpl", "a {{secret}}")
    let templates = Templates()
    let good = try templates.read(path)
    _ = try directory.write("x.tmpl", "a {{secrt}}\n")
    let refusal = #expect(throws: SystemError.self) { try templates.read(path) }
    #expect(refusal?.description.contains("\(path): at 1:5: \"secrt\" is none of") == true)
    unlink(path)
    #expect(throws: SystemError.self) { try templates.read(path) }
    #expect(try templates.last(path) == good)
    #expect(throws: SystemError.self) { try Templates().last(path) }
  }

  /// What stands in the place of the template.
  enum Bad: CaseIterable {
    case missing, directory, link, tooLarge, writableByOthers, inADirectoryWritableByOthers

    var reason: String {
      switch self {
      case .missing: "cannot open"
      case .directory: "not a regular file"
      case .link: "cannot open"
      case .tooLarge: "more than 65536 bytes"
      case .writableByOthers: "everyone can write to it"
      case .inADirectoryWritableByOthers: "cannot trust directory"
      }
    }
  }

  @Test(arguments: Bad.allCases) func aFileThatCannotBeTrustedIsNoTemplate(_ bad: Bad) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("x.tmpl")
    switch bad {
    case .missing: break
    case .directory: _ = try directory.makeDirectory("x.tmpl")
    case .link: symlink(try directory.write("y", "{{secret}}"), path)
    case .tooLarge: try directory.write("x.tmpl", "{{secret}}" + String(repeating: "x", count: 65_527))
    case .writableByOthers: try directory.write("x.tmpl", "{{secret}}", mode: 0o606)
    case .inADirectoryWritableByOthers:
      try directory.write("x.tmpl", "{{secret}}")
      chmod(directory.path, 0o777)
    }
    defer { chmod(directory.path, 0o700) }
    do {
      _ = try TemplateFile.load(path)
      Issue.record("taken")
    } catch {
      #expect(error.description.contains(bad.reason), "\(error)")
    }
  }
}
