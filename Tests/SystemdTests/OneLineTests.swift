import Testing

@testable import Systemd

@Suite struct OneLineTests {
  @Test(arguments: [
    ("12 entries, next dns-edge in 3 h", "12 entries, next dns-edge in 3 h"),
    ("a\nREADY=1", "a READY=1"), ("a\r\nb", "a  b"), ("tab\tend\u{0}\u{7F}", "tab end  "),
    ("\u{2028}\u{2029}\u{85}", "   "), ("\u{202E}reversed", " reversed"), ("größer – 東京", "größer – 東京"),
  ])
  func controlCharactersBecomeSpaces(text: String, line: String) {
    #expect(oneLine(text) == line)
  }

  @Test(arguments: ["a\nREADY=1", "a\r\nSTOPPING=1"]) func statusCannotBeginAnotherAssignment(text: String) {
    #expect(!Notifier.status(text).joined().contains { $0.isNewline })
  }
}
