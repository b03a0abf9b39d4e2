import Testing

/// The members of an entry. Each refusal, with the place, the path and the words.
@Suite struct EntryRefusalTests {
  private static let refusals: [Refusal] = [
    Refusal([.name: #"1"#], #"2:21: tokens[0].name: must be a string, not a number"#),
    Refusal(
      [.name: #""""#],
      #"2:21: tokens[0].name: "" is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.name: #""a b""#],
      #"2:21: tokens[0].name: "a b" is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.name: #""-a""#],
      #"2:21: tokens[0].name: "-a" is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.name: #"".a""#],
      #"2:21: tokens[0].name: ".a" is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.name: #""_a""#],
      #"2:21: tokens[0].name: "_a" is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.name: #""a/b""#],
      #"2:21: tokens[0].name: "a/b" is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.name: #""é""#],
      #"2:21: tokens[0].name: "é" is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.name: #""a\u0000""#],
      #"2:21: tokens[0].name: "a\u0000" is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal(
      [.name: #""nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn""#],
      #"2:21: tokens[0].name: <redacted> is not a name: 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first"#
    ),
    Refusal([.name: #""#], #"2:12: tokens[0]: "name" is missing"#),
    Refusal([.account: #"1"#], #"3:15: tokens[0].account_id: must be a string, not a number"#),
    Refusal(
      [.account: #""""#],
      #"3:15: tokens[0].account_id: has 0 characters; an account's id has 32 lower-case hexadecimal digits"#),
    Refusal(
      [.account: #""0123456789abcdef0123456789abcde""#],
      #"3:15: tokens[0].account_id: has 31 characters; an account's id has 32 lower-case hexadecimal digits"#),
    Refusal(
      [.account: #""0123456789abcdef0123456789abcdef0""#],
      #"3:15: tokens[0].account_id: has 33 characters; an account's id has 32 lower-case hexadecimal digits"#),
    Refusal(
      [.account: #""0123456789ABCDEF0123456789ABCDEF""#],
      #"3:15: tokens[0].account_id: has a character of another kind; an account's id has 32 lower-case hexadecimal digits"#
    ),
    Refusal(
      [.account: #""0123456789abcdef0123456789abcdeg""#],
      #"3:15: tokens[0].account_id: has a character of another kind; an account's id has 32 lower-case hexadecimal digits"#
    ),
    Refusal(
      [.account: #""0123456789abcdef0123456789abcdeé""#],
      #"3:15: tokens[0].account_id: has 32 characters; an account's id has 32 lower-case hexadecimal digits"#),
    Refusal([.account: #""#], #"2:12: tokens[0]: "account_id" is missing, here and in "defaults""#),
    Refusal(
      [.account: #""#, .more: #""defaults": {"account_id": "x"}"#],
      #"9:30: defaults.account_id: has 1 character; an account's id has 32 lower-case hexadecimal digits"#),
    Refusal([.token: #"1"#], #"4:13: tokens[0].token_id: must be a string, not a number"#),
    Refusal(
      [.token: #""""#],
      #"4:13: tokens[0].token_id: has 0 characters; a token's id has 1 to 32 lower-case letters and digits"#),
    Refusal(
      [.token: #""ttttttttttttttttttttttttttttttttt""#],
      #"4:13: tokens[0].token_id: has 33 characters; a token's id has 1 to 32 lower-case letters and digits"#),
    Refusal(
      [.token: #""T""#],
      #"4:13: tokens[0].token_id: has a character of another kind; a token's id has 1 to 32 lower-case letters and digits"#
    ),
    Refusal(
      [.token: #""a-b""#],
      #"4:13: tokens[0].token_id: has a character of another kind; a token's id has 1 to 32 lower-case letters and digits"#
    ),
    Refusal(
      [.token: #""é""#],
      #"4:13: tokens[0].token_id: has a character of another kind; a token's id has 1 to 32 lower-case letters and digits"#
    ),
    Refusal(
      [.token: #""cfat_0123456789012345678901234567890123456789abcdefgh""#],
      #"4:13: tokens[0].token_id: has 53 characters; a token's id has 1 to 32 lower-case letters and digits"#),
    Refusal([.token: #""#], #"2:12: tokens[0]: "token_id" is missing"#),
    Refusal([.credential: #""#], #"2:12: tokens[0]: "credential" is missing, here and in "defaults""#),
    Refusal(
      [.schedule: #""#],
      #"2:12: tokens[0]: the schedule has neither "every" nor "calendar", here or in "defaults""#),
    Refusal([.publish: #""#], #"2:12: tokens[0]: "publish" is missing"#),
    Refusal(
      [.token: #""t1", "enabled": "yes""#], #"4:30: tokens[0].enabled: must be true or false, not a string"#),
    Refusal(
      [.token: #""t1", "enabled": 1"#], #"4:30: tokens[0].enabled: must be true or false, not a number"#),
    Refusal(
      [.token: #""t1", "enabled": null"#], #"4:30: tokens[0].enabled: must be true or false, not null"#),
    Refusal(
      [.token: #""t1", "acount_id": "x""#],
      #"4:19: tokens[0].acount_id: this key is not known; did you mean "account_id"?"#),
    Refusal(
      [.token: #""t1", "Token-ID": "x""#],
      #"4:19: tokens[0].Token-ID: this key is not known; did you mean "token_id"?"#),
    Refusal(
      [.token: #""t1", "shedule": {}"#],
      #"4:19: tokens[0].shedule: this key is not known; did you mean "schedule"?"#),
    Refusal([.token: #""t1", "token_id": "t2""#], #"4:19: tokens[0].token_id: this key is there twice"#),
    Refusal([.token: #""t1", "name": 5"#], #"4:19: tokens[0].name: this key is there twice"#),
    Refusal(
      [.token: #""t1", "a b": 1"#],
      #"4:19: tokens[0]["a b"]: this key is not known; known here: name, enabled, account_id, token_id, token_ids, strategy, grace, credential, provide, allow_self_roll, schedule, publish, reload, verify, run, on_failure, on_recovery"#
    ),
    Refusal(
      [.token: #""t1", "cfat_012": 1"#],
      #"4:19: tokens[0].<redacted>: this key is not known; known here: name, enabled, account_id, token_id, token_ids, strategy, grace, credential, provide, allow_self_roll, schedule, publish, reload, verify, run, on_failure, on_recovery"#
    ),
    Refusal(
      [.token: #""t1", "actions": []"#],
      #"4:19: tokens[0].actions: this key is not known; known here: name, enabled, account_id, token_id, token_ids, strategy, grace, credential, provide, allow_self_roll, schedule, publish, reload, verify, run, on_failure, on_recovery"#
    ),
    Refusal(
      [.token: #""t1", "reload": "a.service""#],
      #"4:29: tokens[0].reload: must be an array of units, not a string"#),
    Refusal([.token: #""t1", "reload": [5]"#], #"4:30: tokens[0].reload[0]: must be a string, not a number"#),
    Refusal(
      [.token: #""t1", "reload": ["caddy"]"#],
      #"4:30: tokens[0].reload[0]: "caddy" is not the whole name of a unit that can be reloaded; write e.g. "caddy.service""#
    ),
    Refusal(
      [.token: #""t1", "reload": ["caddy.timer"]"#],
      #"4:30: tokens[0].reload[0]: "caddy.timer" is not the whole name of a unit that can be reloaded; write e.g. "caddy.service""#
    ),
    Refusal(
      [.token: #""t1", "reload": [""]"#],
      #"4:30: tokens[0].reload[0]: "" is not the whole name of a unit that can be reloaded; write e.g. "caddy.service""#
    ),
    Refusal(
      [.token: #""t1", "reload": ["tokenroll.service"]"#],
      #"4:30: tokens[0].reload[0]: "tokenroll.service" is this service itself"#),
    Refusal(
      [.token: #""t1", "reload": [".service"]"#],
      #"4:30: tokens[0].reload[0]: ".service" is not the name of a unit: letters, digits, ":", "-", "_", ".", "\" and "@", no "@" first"#
    ),
    Refusal(
      [.token: #""t1", "reload": ["@x.service"]"#],
      #"4:30: tokens[0].reload[0]: "@x.service" is not the name of a unit: letters, digits, ":", "-", "_", ".", "\" and "@", no "@" first"#
    ),
    Refusal(
      [.token: #""t1", "reload": ["a b.service"]"#],
      #"4:30: tokens[0].reload[0]: "a b.service" is not the name of a unit: letters, digits, ":", "-", "_", ".", "\" and "@", no "@" first"#
    ),
    Refusal(
      [.token: #""t1", "reload": ["a/b.service"]"#],
      #"4:30: tokens[0].reload[0]: "a/b.service" is not the name of a unit: letters, digits, ":", "-", "_", ".", "\" and "@", no "@" first"#
    ),
    Refusal(
      [.token: #""t1", "reload": ["é.service"]"#],
      #"4:30: tokens[0].reload[0]: "é.service" is not the name of a unit: letters, digits, ":", "-", "_", ".", "\" and "@", no "@" first"#
    ),
    Refusal(
      [.token: #""t1", "reload": ["web@.service"]"#],
      #"4:30: tokens[0].reload[0]: "web@.service" is a template; name an instance of it"#),
    Refusal(
      [.token: "\"t1\", \"reload\": [\"\(String(repeating: "u", count: 248)).service\"]"],
      "4:30: tokens[0].reload[0]: \"\(String(repeating: "u", count: 60))…\" is longer than 255 bytes"),
    Refusal(
      [.token: #""t1", "reload": ["a.service", "b.service", "a.service"]"#],
      #"4:56: tokens[0].reload[2]: "a.service" is in this list already"#),
    Refusal(
      [.more: #""defaults": {"reload": ["a.service", 5]}"#],
      #"9:40: defaults.reload[1]: must be a string, not a number"#),
    Refusal(
      [.more: #""defaults": {"reload": {}}"#],
      #"9:26: defaults.reload: must be an array of units, not an object"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
