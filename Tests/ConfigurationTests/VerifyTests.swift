import Configuration
import Core
import Testing

/// `verify`: its forms, how the one of the defaults is taken over, and each refusal.
@Suite struct VerifyTests {
  private func settings(_ own: String, _ defaults: String = "") throws -> VerifySettings {
    var parts: [Sample.Part: String] = [:]
    if !own.isEmpty { parts[.token] = #""t1", "verify": \#(own)"# }
    if !defaults.isEmpty { parts[.more] = #""defaults": {"verify": \#(defaults)}"# }
    return try #require(try Sample(parts).decoded().tokens.first).verify
  }

  @Test(
    arguments: [
      ("", "", VerifySettings.standard),
      ("{}", "", .standard),
      (#"{"after_roll": false}"#, "", VerifySettings(afterRoll: false)),
      (#"{"timeout": "0"}"#, "", VerifySettings(timeout: .zero)),
      (#"{"timeout": "1h"}"#, "", VerifySettings(timeout: .hours(1))),
      (
        "", #"{"after_roll": false, "timeout": "5s"}"#, VerifySettings(afterRoll: false, timeout: .seconds(5))
      ),
      (#"{"every": "1s"}"#, "", VerifySettings(every: .seconds(1))),
      (
        #"{"every": "1d", "on_drift": "roll", "expiry_warning": "0"}"#, "",
        VerifySettings(every: .days(1), onDrift: .roll, expiryWarning: .zero)
      ),
      (
        #"{"on_drift": "alert"}"#, #"{"every": "1d", "on_drift": "roll", "expiry_warning": "30d"}"#,
        VerifySettings(every: .days(1), expiryWarning: .days(30))
      ),
      (
        #"{"after_roll": true}"#, #"{"after_roll": false, "timeout": "5s"}"#,
        VerifySettings(timeout: .seconds(5))
      ),
    ] as [(String, String, VerifySettings)])
  func isDecoded(_ own: String, _ defaults: String, _ expected: VerifySettings) throws {
    #expect(try settings(own, defaults) == expected)
  }

  @Test func equalSettingsAreInMemoryOnce() throws {
    let own = #", "verify": {"timeout": "5s"}"#
    func entry(_ name: String) -> String {
      #"{"name": "\#(name)", "account_id": "0123456789abcdef0123456789abcdef", "token_id": "\#(name)", "#
        + #""credential": "main", "schedule": {"every": "30d"}, "publish": [{"file": "/srv/\#(name)"}]"#
        + own + "}"
    }
    let text =
      #"{"credentials": {"main": {"file": "/etc/tokenroll/main"}}, "tokens": [\#(entry("a")), \#(entry("b"))]}"#
    let entries = try decode(text).tokens
    #expect(entries.count == 2)
    #expect(entries[0].verify === entries[1].verify)
  }

  private static let refusals: [Refusal] = [
    Refusal(
      [.token: #""t1", "verify": true"#], #"4:29: tokens[0].verify: must be an object, not a boolean"#),
    Refusal(
      [.token: #""t1", "verify": {"after_roll": 1}"#],
      #"4:44: tokens[0].verify.after_roll: must be true or false, not a number"#),
    Refusal(
      [.token: #""t1", "verify": {"timeout": "61min"}"#],
      #"4:41: tokens[0].verify.timeout: "61min" is out of range: 0 to 1h"#),
    Refusal(
      [.token: #""t1", "verify": {"every": "999ms"}"#],
      #"4:39: tokens[0].verify.every: "999ms" is out of range: 1s to 10y"#),
    Refusal(
      [.token: #""t1", "verify": {"on_drift": "rol"}"#],
      #"4:42: tokens[0].verify.on_drift: "rol" is none of "alert", "roll"; did you mean "roll"?"#),
    Refusal(
      [.token: #""t1", "verify": {"expiry_warning": "11y"}"#],
      #"4:48: tokens[0].verify.expiry_warning: "11y" is out of range: 0 to 10y"#),
    Refusal(
      [.token: #""t1", "verify": {"time_out": "1s"}"#],
      #"4:30: tokens[0].verify.time_out: this key is not known; did you mean "timeout"?"#),
    Refusal(
      [.more: #""defaults": {"verify": {"timeout": 5}}"#],
      #"9:38: defaults.verify.timeout: must be a time span in quotation marks, such as "30d", not a number"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
