import Configuration
import Core
import Testing

/// The forms of a destination, and how those of the defaults are taken over member by member.
@Suite struct DestinationAcceptanceTests {
  private func destination(_ own: String, _ defaults: String) throws -> Destination {
    var parts: [Sample.Part: String] = [.publish: #"[{"file": "/srv/x"\#(own.isEmpty ? "" : ", " + own)}]"#]
    if !defaults.isEmpty { parts[.more] = #""defaults": {"publish": {\#(defaults)}}"# }
    return try #require(try Sample(parts).decoded().tokens.first?.publish.first)
  }

  @Test(
    arguments: [
      (#""format": "raw""#, "", Destination(file: "/srv/x", format: .raw)),
      (#""format": "env""#, "", Destination(file: "/srv/x", format: .env, key: "CLOUDFLARE_API_TOKEN")),
      (#""format": "json""#, "", Destination(file: "/srv/x", format: .json, key: "token")),
      (#""format": "r2-env""#, "", Destination(file: "/srv/x", format: .r2Env)),
      (#""format": "r2-json""#, "", Destination(file: "/srv/x", format: .r2JSON)),
      (#""format": "credential""#, "", Destination(file: "/srv/x", format: .credential)),
      (
        #""name": "api token@1", "format": "credential""#, "",
        Destination(file: "/srv/x", format: .credential, name: "api token@1")
      ),
      (
        #""name": "n""#, #""format": "credential""#,
        Destination(file: "/srv/x", format: .credential, name: "n")
      ),
      (#""format": "env", "key": "_a9Z""#, "", Destination(file: "/srv/x", format: .env, key: "_a9Z")),
      (
        #""format": "json", "key": "api key é""#, "",
        Destination(file: "/srv/x", format: .json, key: "api key é")
      ),
      (#""key": "K", "format": "env""#, "", Destination(file: "/srv/x", format: .env, key: "K")),
      (
        #""format": "template", "template": "/etc/tokenroll/x.tmpl""#, "",
        Destination(file: "/srv/x", format: .template, template: "/etc/tokenroll/x.tmpl")
      ),
      (
        #""template": "/etc/tokenroll/x.tmpl""#, #""format": "template""#,
        Destination(file: "/srv/x", format: .template, template: "/etc/tokenroll/x.tmpl")
      ),
      (#""keep_previous": 10"#, "", Destination(file: "/srv/x", keepPrevious: 10)),
      (#""keep_previous": 0"#, #""keep_previous": 3"#, Destination(file: "/srv/x", keepPrevious: 0)),
      (
        #""format": "credential""#, #""keep_previous": 3"#, Destination(file: "/srv/x", format: .credential)
      ),
      ("", #""keep_previous": 3"#, Destination(file: "/srv/x", keepPrevious: 3)),
      (#""mode": "600""#, "", Destination(file: "/srv/x", mode: 0o600)),
      (#""mode": "0400""#, "", Destination(file: "/srv/x", mode: 0o400)),
      (#""mode": "0440""#, "", Destination(file: "/srv/x", mode: 0o440)),
      (#""mode": "0660""#, "", Destination(file: "/srv/x", mode: 0o660)),
      (
        #""owner": "www-data", "group": "_ssh""#, "",
        Destination(file: "/srv/x", owner: "www-data", group: "_ssh")
      ),
      (
        #""owner": "0", "group": "4294967294""#, "",
        Destination(file: "/srv/x", owner: "0", group: "4294967294")
      ),
      (#""allow": []"#, "", Destination(file: "/srv/x")),
      (
        #""allow": ["writable_by_others", "writable_by_others"]"#, "",
        Destination(file: "/srv/x", allow: [.writableByOthers])
      ),
      (
        "", #""format": "env", "mode": "0640", "owner": "a", "group": "b", "allow": ["symbolic_link"]"#,
        Destination(
          file: "/srv/x", format: .env, key: "CLOUDFLARE_API_TOKEN", mode: 0o640, owner: "a", group: "b",
          allow: [.symbolicLink])
      ),
      (
        #""format": "raw", "mode": "0600", "owner": "c", "group": "d", "allow": []"#,
        #""format": "env", "mode": "0640", "owner": "a", "group": "b", "allow": ["symbolic_link"]"#,
        Destination(file: "/srv/x", format: .raw, mode: 0o600, owner: "c", group: "d")
      ),
      (#""key": "K""#, #""format": "env""#, Destination(file: "/srv/x", format: .env, key: "K")),
    ] as [(String, String, Destination)])
  func destinationIsDecoded(_ own: String, _ defaults: String, _ expected: Destination) throws {
    #expect(try destination(own, defaults) == expected)
  }

  @Test(arguments: [
    "/x", "/srv/..x/.y/...", "/srv/a b", "/srv/é", "/var/lib/tokenroll-x", "/var/lib", "/etc/tokenroll/main2",
  ])
  func fileIsAccepted(_ file: String) throws {
    let configuration = try Sample([.publish: #"[{"file": "\#(file)"}]"#]).decoded()
    #expect(configuration.tokens.map { $0.publish.map(\.file) } == [[file]])
  }

  @Test func longestPathAndComponentAreAcceptedAndNoLongerOnes() throws {
    let component = "/" + String(repeating: "c", count: 255)
    let path = String(repeating: component, count: 16).dropLast()
    func problems(_ file: some StringProtocol) -> [String] {
      Sample([.publish: #"[{"file": "\#(file)"}]"#]).problems()
    }
    #expect(path.utf8.count == 4_095)
    #expect(problems(path) == [])
    let start = "/" + String(repeating: "c", count: 59)
    #expect(
      problems(path + "c") == [
        "7:22: tokens[0].publish[0].file: \"\(start)…\" is longer than 4095 bytes"
      ])
    #expect(
      problems(component + "c") == [
        "7:22: tokens[0].publish[0].file: \"\(start)…\" has a component longer than 255 bytes"
      ])
  }

  @Test func longestKeysAndAccountsAreAcceptedAndNoLongerOnes() throws {
    let longest = String(repeating: "k", count: 255)
    func problems(_ members: String) -> [String] {
      Sample([.publish: #"[{"file": "/srv/x", \#(members)}]"#]).problems()
    }
    for members in [#""format": "env", "key""#, #""format": "json", "key""#, #""owner""#, #""group""#] {
      #expect(problems(#"\#(members): "\#(longest)""#) == [])
      #expect(problems(#"\#(members): "\#(longest)k""#).count == 1)
    }
  }

  @Test func namesLikeThoseOfFormerContentsAreAcceptedWhereTheyAreNone() throws {
    let publish =
      #"[{"file": "/srv/x", "keep_previous": 2}, {"file": "/srv/x.0"}, {"file": "/srv/x.11"}, "#
      + #"{"file": "/srv/x.01"}, {"file": "/srv/x.1.1"}, {"file": "/srv/y.1"}, {"file": "/srv/y"}]"#
    #expect(Sample([.publish: publish]).problems() == [])
  }

  @Test func aNameTooLongForItsFormerContentsIsRefused() throws {
    let name = String(repeating: "c", count: 254)
    func problems(_ more: String) -> [String] {
      Sample([.publish: #"[{"file": "/\#(name)"\#(more)}]"#]).problems()
    }
    #expect(problems("") == [])
    #expect(problems(#", "keep_previous": 1"#).count == 1)
  }

  @Test func sameTokenIdentifierInTwoAccountsIsTwoTokens() throws {
    let other = #"{"name": "b", "account_id": "\#(String(repeating: "f", count: 32))", "token_id": "t1", "#
    let second = other + #""credential": "main", "schedule": {"every": "1d"}, "publish": [{"file": "/srv/b"}"#
    let configuration = try Sample([.publish: #"[{"file": "/srv/a"}]}, \#(second)]"#]).decoded()
    #expect(configuration.tokens.map(\.tokenID) == ["t1", "t1"])
  }
}
