import Platform
import Testing

/// What a program writes is rid of secrets, also of parts of them.
@Suite struct SecretFilterTests {
  private static let text = "cfat_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"

  private func filter(_ secrets: [String] = [text]) -> SecretFilter {
    SecretFilter(secrets.map { text in Array(text.utf8).withUnsafeBytes { Secret(copying: $0) } })
  }

  @Test(arguments: [
    ("nothing to see", "nothing to see"), ("", ""), (text, "<redacted>"),
    ("token=\(text);", "token=<redacted>;"),
    ("\(text) \(text)", "<redacted> <redacted>"), ("x\(text.dropFirst(20))y", "x<redacted>y"),
    ("x\(text.dropFirst(20).prefix(12))y", "x<redacted>y"), ("\(text.prefix(12))", "<redacted>"),
    ("\(text.suffix(12))", "<redacted>"), ("é\(text.prefix(30))é", "é<redacted>é"),
    // Shorter than a part that could be of use to anybody.
    ("x\(text.dropFirst(20).prefix(11))y", "x\(text.dropFirst(20).prefix(11))y"),
  ]) func partsOfASecretAreTakenOut(_ line: String, _ expected: String) {
    #expect(filter().redact(line) == expected)
  }

  @Test func everySecretIsTakenOut() {
    let filter = filter([Self.text, "short", ""])
    #expect(filter.redact("a short \(Self.text.prefix(20))") == "a <redacted> <redacted>")
  }

  @Test func withoutASecretNothingIsTakenOut() {
    #expect(filter([]).redact(Self.text) == Self.text)
  }
}
