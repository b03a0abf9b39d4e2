import Configuration
import Core
import Platform
import TestSupport
import Testing

@testable import Daemon

@Suite struct SecretRenderingTests {
  private static let facts = SecretRendering.Facts(
    entry: "edge", accountID: "acc", tokenID: "tok", rolledAt: Timestamp(seconds: 1_767_225_600))

  private static func secret(_ text: String) -> Secret {
    Array(text.utf8).withUnsafeBytes { Secret(copying: $0) }
  }

  private static func text(_ secret: Secret) -> String {
    secret.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    (Destination(file: "/x", format: .raw), "cfat_a-B9", "cfat_a-B9"),
    (Destination(file: "/x", format: .env), "cfat_a-B9", "CLOUDFLARE_API_TOKEN=cfat_a-B9\n"),
    (Destination(file: "/x", format: .env, key: "T"), "a b", "T=\"a b\"\n"),
    (Destination(file: "/x", format: .env, key: "T"), "a\"b\\c$d`e", "T=\"a\\\"b\\\\c\\$d\\`e\"\n"),
    (Destination(file: "/x", format: .env, key: "T"), "a\nb", "T=\"a\nb\"\n"),
    (
      Destination(file: "/x", format: .json), "a\"b",
      """
      {
        "token": "a\\"b",
        "account_id": "acc",
        "token_id": "tok",
        "rolled_at": "2026-01-01T00:00:00Z"
      }
      """
    ),
    // What is encrypted is the secret alone.
    (Destination(file: "/x", format: .credential), "cfat_a-B9", "cfat_a-B9"),
    // The digest is that of coreutils' sha256sum over the same bytes.
    (
      Destination(file: "/x", format: .r2Env), "abc",
      "AWS_ACCESS_KEY_ID=tok\nAWS_SECRET_ACCESS_KEY=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"
    ),
  ])
  func aSecretIsWrittenAsItsFormatSays(destination: Destination, secret: String, file: String) throws {
    let content = try SecretRendering(destination: destination).render(Self.secret(secret), Self.facts)
    let written = Self.text(content)
    #expect(written == file || written == file + "\n")
    if destination.format == .raw { #expect(written == file, "no newline is added") }
  }

  @Test(
    arguments: [Destination.Format.raw, .env, .json],
    ["cfat_plain", "with space", "quo\"te\\back$dollar`tick", "new\nline", "ünïcode", "="])
  func whatIsWrittenIsReadBack(format: Destination.Format, secret: String) throws {
    let rendering = SecretRendering(destination: Destination(file: "/x", format: format))
    let content = try rendering.render(Self.secret(secret), Self.facts)
    let back = try #require(rendering.secret(in: content))
    #expect(Self.text(back) == secret)
  }

  @Test(arguments: [
    (Destination.Format.env, "OTHER=x\n"), (.env, "CLOUDFLARE_API_TOKEN=\n"), (.env, ""),
    (.env, "CLOUDFLARE_API_TOKEN=\"unterminated"), (.env, "XCLOUDFLARE_API_TOKEN=a\n"), (.json, "{}"),
    (.json, "not json"), (.json, "{\"token\": 5}"), (.raw, ""), (.r2Env, "AWS_SECRET_ACCESS_KEY=a\n"),
  ])
  func whereThereIsNoSecretNoneIsRead(format: Destination.Format, file: String) {
    let rendering = SecretRendering(destination: Destination(file: "/x", format: format))
    #expect(rendering.secret(in: Self.secret(file)) == nil)
  }

  @Test func anAssignmentAmongOthersIsFound() throws {
    let rendering = SecretRendering(destination: Destination(file: "/x", format: .env))
    let found = rendering.secret(in: Self.secret("A=1\nCLOUDFLARE_API_TOKEN=abc\nB=2\n"))
    #expect(Self.text(try #require(found)) == "abc")
  }
}
