import Testing

/// What entries must not have in common with each other, the state and the credentials. Each refusal, with the place, the path and the words.
@Suite struct ConflictRefusalTests {
  private static let refusals: [Refusal] = [
    Refusal(
      [
        .publish:
          "[{\"file\": \"/srv/edge\"}]},\n{\"name\": \"edge\", \"account_id\": \"0123456789abcdef0123456789abcdef\", \"token_id\": \"t2\", \"credential\": \"main\", \"schedule\": {\"every\": \"1d\"}, \"publish\": [{\"file\": \"/srv/second\"}]"
      ], #"8:10: tokens[1].name: "edge" is the name of tokens[0] already"#),
    Refusal(
      [
        .publish:
          "[{\"file\": \"/srv/edge\"}]},\n{\"name\": \"second\", \"account_id\": \"0123456789abcdef0123456789abcdef\", \"token_id\": \"t1\", \"credential\": \"main\", \"schedule\": {\"every\": \"1d\"}, \"publish\": [{\"file\": \"/srv/second\"}]"
      ], #"8:82: tokens[1].token_id: this token has an entry already, tokens[0]"#),
    Refusal(
      [
        .publish:
          "[{\"file\": \"/srv/edge\"}]},\n{\"name\": \"second\", \"account_id\": \"0123456789abcdef0123456789abcdef\", \"token_id\": \"t2\", \"credential\": \"main\", \"schedule\": {\"every\": \"1d\"}, \"publish\": [{\"file\": \"/srv/edge\"}]"
      ], #"8:160: tokens[1].publish[0].file: "/srv/edge" is written by tokens[0].publish[0] already"#),
    Refusal(
      [
        .publish:
          "[{\"file\": \"/srv/edge\"}]},\n{\"name\": \"edge\", \"account_id\": \"0123456789abcdef0123456789abcdef\", \"token_id\": \"t1\", \"credential\": \"main\", \"schedule\": {\"every\": \"1d\"}, \"publish\": [{\"file\": \"/srv/edge\"}]"
      ], #"8:10: tokens[1].name: "edge" is the name of tokens[0] already"#,
      #"8:80: tokens[1].token_id: this token has an entry already, tokens[0]"#,
      #"8:158: tokens[1].publish[0].file: "/srv/edge" is written by tokens[0].publish[0] already"#),
    Refusal(
      [.publish: #"[{"file": "/srv/edge"}, {"file": "/srv/other"}, {"file": "/srv/edge"}]"#],
      #"7:69: tokens[0].publish[2].file: "/srv/edge" is written by tokens[0].publish[0] already"#),
    Refusal(
      [.publish: #"[{"file": "/var/lib/tokenroll"}]"#],
      #"7:22: tokens[0].publish[0].file: "/var/lib/tokenroll" is in the state directory, "/var/lib/tokenroll"; publish elsewhere"#
    ),
    Refusal(
      [.publish: #"[{"file": "/var/lib/tokenroll/x"}]"#],
      #"7:22: tokens[0].publish[0].file: "/var/lib/tokenroll/x" is in the state directory, "/var/lib/tokenroll"; publish elsewhere"#
    ),
    Refusal(
      [.publish: #"[{"file": "/opt/state/x"}]"#, .more: #""state_directory": "/opt/state""#],
      #"7:22: tokens[0].publish[0].file: "/opt/state/x" is in the state directory, "/opt/state"; publish elsewhere"#
    ),
    Refusal(
      [.publish: #"[{"file": "/etc/tokenroll/main"}]"#],
      #"7:22: tokens[0].publish[0].file: "/etc/tokenroll/main" is the file of credential "main", which a roll would overwrite"#
    ),
    Refusal(
      [.publish: #"[{"file": "/etc/tokenroll/config.json"}]"#],
      #"7:22: tokens[0].publish[0].file: "/etc/tokenroll/config.json" is this configuration, which a roll would overwrite"#
    ),
    Refusal(
      [.publish: #"[{"file": "/etc/ca.pem"}]"#, .more: #""api": {"ca_file": "/etc/ca.pem"}"#],
      #"7:22: tokens[0].publish[0].file: "/etc/ca.pem" is "api.ca_file", which a roll would overwrite"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
