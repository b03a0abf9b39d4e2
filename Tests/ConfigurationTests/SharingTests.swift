import Testing

@testable import Configuration

/// Entries and destinations that say the same, but for what is their own, have one copy of it.
@Suite struct SharingTests {
  private static func entry(_ name: String, _ more: String = "", _ destination: String = "") -> String {
    """
    {"name": "\(name)", "account_id": "0123456789abcdef0123456789abcdef", "token_id": "\(name)",
     "credential": "main", "schedule": {"every": "30d"}\(more),
     "publish": [{"file": "/srv/\(name)"\(destination)}]}
    """
  }

  private static func decoded(_ entries: [String]) throws -> [Entry] {
    try decode(
      #"{"credentials": {"main": {"file": "/etc/main"}}, "tokens": [\#(entries.joined(separator: ","))]}"#
    ).tokens
  }

  @Test func entriesThatSayTheSameShareIt() throws {
    let other = #", "verify": {"every": "1d"}"#
    let entries = try Self.decoded([
      Self.entry("a"), Self.entry("b", other, #", "mode": "0640""#), Self.entry("c"),
      Self.entry("d", other, #", "mode": "0640""#),
    ])
    #expect(entries[0].terms === entries[2].terms && entries[1].terms === entries[3].terms)
    #expect(entries[0].terms !== entries[1].terms && entries[0].verify != entries[1].verify)
    let terms = entries.map(\.publish[0].terms)
    #expect(terms[0] === terms[2] && terms[1] === terms[3] && terms[0] !== terms[1])
    #expect(entries.map(\.publish[0].mode) == [0o600, 0o640, 0o600, 0o640])
    #expect(entries.map(\.name) == ["a", "b", "c", "d"] && entries.map(\.tokenID) == ["a", "b", "c", "d"])
  }

  @Test(arguments: [
    #", "enabled": false"#, #", "reload": ["a.service"]"#, #", "run": [{"command": ["/bin/true"]}]"#,
    #", "on_failure": [{"command": ["/bin/true"]}]"#, #", "on_recovery": [{"command": ["/bin/true"]}]"#,
    #", "strategy": "replace", "grace": "1d""#, #", "verify": {"after_roll": false}"#,
  ])
  func anEntryThatSaysSomethingElseSharesNothing(_ member: String) throws {
    let entries = try Self.decoded([Self.entry("a"), Self.entry("b", member), Self.entry("c")])
    #expect(entries[1].terms != entries[0].terms)
    #expect(entries[2].terms === entries[0].terms)
  }

  @Test func entriesAreEqualWhereWhatTheyShareIs() throws {
    let (one, other) = (try Self.decoded([Self.entry("a")]), try Self.decoded([Self.entry("a")]))
    #expect(one[0].terms !== other[0].terms && one == other)
    #expect(one != (try Self.decoded([Self.entry("a", #", "enabled": false"#)])))
    #expect(one != (try Self.decoded([Self.entry("a", "", #", "mode": "0400""#)])))
  }
}
