import Configuration
import Testing

/// `provide` and `allow_self_roll`. Each refusal, with the place, the path and the words.
@Suite struct ProvideTests {
  private static let two = #"{"main": {"file": "/etc/m"}, "b": {"file": "/etc/b"}}"#
  private static let selfRoll =
    "the entry is rolled with the credential that it provides: where the answer to such a roll is lost, the service has no "
    + "credential left to cure it with; have another credential roll it, or accept that with \"allow_self_roll\": true"
  private static let onlySelf =
    #"this is for an entry whose "credential" and "provide" are the same; leave it out"#
  private static let raw =
    #"this is the file of the credential, which holds the token alone: its format is "raw""#

  private static let refusals: [Refusal] = [
    Refusal([.token: #""t1", "provide": 1"#], #"4:30: tokens[0].provide: must be a string, not a number"#),
    Refusal(
      [.token: #""t1", "provide": "mian""#],
      #"4:30: tokens[0].provide: there is no credential "mian"; did you mean "main"?"#),
    Refusal([.token: #""t1", "provide": "main""#], "4:30: tokens[0].provide: \(selfRoll)"),
    Refusal(
      [.token: #""t1", "allow_self_roll": false, "provide": "main""#],
      "4:56: tokens[0].provide: \(selfRoll)"),
    Refusal(
      [.token: #""t1", "allow_self_roll": 1"#],
      #"4:38: tokens[0].allow_self_roll: must be true or false, not a number"#),
    Refusal([.token: #""t1", "allow_self_roll": true"#], "4:38: tokens[0].allow_self_roll: \(onlySelf)"),
    Refusal(
      [.credentials: two, .token: #""t1", "provide": "b", "allow_self_roll": true"#],
      "4:54: tokens[0].allow_self_roll: \(onlySelf)"),
    Refusal(
      [
        .credentials: two, .token: #""t1", "provide": "b""#,
        .publish: #"[{"file": "/etc/b", "format": "env"}]"#,
      ],
      "7:13: tokens[0].publish[0]: \(raw)"),
    Refusal(
      [.credentials: two, .token: #""t1", "provide": "b""#, .publish: #"[{"file": "/etc/m"}]"#],
      #"7:22: tokens[0].publish[0].file: "/etc/m" is the file of credential "main", which a roll would overwrite"#
    ),
    Refusal(
      [.credentials: two, .token: #""t1", "provide": "b""#, .publish: "[]"],
      "7:12: tokens[0].publish: at least one destination is needed"),
    Refusal(
      [
        .credentials: #"{"main": {"file": "/etc/m"}, "b": {"file": "x"}, "c": {"file": "x"}}"#,
        .token: #""t1", "provide": "b""#,
      ],
      #"4:30: tokens[0].provide: the credential "c" has the same file; name one of the two in all entries"#),
    Refusal(
      [
        .credentials: two, .token: #""t1", "provide": "b""#,
        .publish:
          #"[{"file": "/a"}]}, {"name": "n2", "account_id": "0123456789abcdef0123456789abcdef", "token_id": "t2", "credential": "main", "provide": "b", "schedule": {"every": "1d"}"#,
      ],
      #"7:147: tokens[1].provide: "b" is provided by tokens[0] already"#),
    Refusal(
      [.credentials: two, .token: #""t1", "provide": "b", "verify": {"after_roll": false}"#],
      #"2:12: tokens[0]: "after_roll" of "verify" is false, here or in "defaults"; a credential is used by the service itself, and always verified: make it true here"#
    ),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) { #expect(refusal.found == refusal.expected) }

  @Test func anEntryMayProvideACredentialInPlaceOfDestinations() throws {
    let parts: [Sample.Part: String] = [
      .credentials: Self.two, .token: #""t1", "provide": "b""#, .publish: "",
    ]
    let entry = try #require(try Sample(parts).decoded().tokens.first)
    #expect(entry.provide == "b")
    #expect(entry.publish.isEmpty)
  }

  @Test func theCredentialsOwnFileMayBeADestination() throws {
    let parts: [Sample.Part: String] = [
      .credentials: Self.two, .token: #""t1", "provide": "b""#,
      .publish: #"[{"file": "/etc/b"}, {"file": "/srv/x", "format": "env"}]"#,
    ]
    let entry = try #require(try Sample(parts).decoded().tokens.first)
    #expect(entry.publish.map(\.file) == ["/etc/b", "/srv/x"])
  }

  @Test func anEntryMayRollItselfWhereThatIsAllowed() throws {
    let parts: [Sample.Part: String] = [.token: #""t1", "provide": "main", "allow_self_roll": true"#]
    #expect(try Sample(parts).decoded().tokens.first?.provide == "main")
  }

  @Test func threeMayRollEachOtherInARing() throws {
    func entry(_ name: String, _ provide: String, _ credential: String) -> String {
      #"{"name": "\#(name)", "account_id": "0123456789abcdef0123456789abcdef", "token_id": "\#(name)", "provide": "\#(provide)", "credential": "\#(credential)", "schedule": {"every": "30d"}}"#
    }
    let text =
      #"{"credentials": {"a": {"file": "a"}, "b": {"file": "b"}, "c": {"file": "c"}}, "tokens": ["#
      + [entry("x", "a", "b"), entry("y", "b", "c"), entry("z", "c", "a")].joined(separator: ", ") + "]}"
    #expect(try decode(text).tokens.map(\.provide) == ["a", "b", "c"])
  }
}
