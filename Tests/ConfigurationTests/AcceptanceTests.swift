import Configuration
import Core
import Testing

/// Every form that is accepted, and what it is decoded to.
@Suite struct AcceptanceTests {
  private static let account = "0123456789abcdef0123456789abcdef"

  @Test func whatIsLeftOutHasItsDefault() throws {
    let expected = Configuration(
      api: APISettings(), credentials: ["main": CredentialSource(file: "/etc/tokenroll/main")],
      tokens: [
        Entry(
          name: "edge", enabled: true, accountID: Self.account, tokenID: "t1", credential: "main",
          schedule: Schedule(
            .every(.days(30)), jitter: .zero, catchUp: true, first: .scheduled, notDuring: []),
          publish: [
            Destination(
              file: "/srv/edge", format: .raw, key: nil, mode: 0o600, owner: nil, group: nil, allow: [])
          ])
      ], stateDirectory: "/var/lib/tokenroll")
    #expect(try Sample().decoded() == expected)
    #expect(expected.api.baseURL == "https://api.cloudflare.com/client/v4")
    #expect(expected.api.rateLimit == RateLimit(requests: 1_200, per: .minutes(5)))
  }

  @Test func whatIsWrittenIsDecoded() throws {
    let text = """
      {
        "$schema": "config.schema.json",
        "state_directory": "/srv/state", "wait_for_clock": true, "escrow": "encrypted",
        "metrics": {"file": "/srv/m.prom", "every": "5min"},
        "api": {
          "base_url": "https://api.example.net:8443/client/v4", "timeout": "20s", "connect_timeout": "5s",
          "settle_time": "1min", "ca_file": "/etc/ssl/own.pem", "max_in_flight": 4,
          "rate_limit": {"requests": 100, "per": "1min"}
        },
        "credentials": {"main": {"file": "/etc/a"}, "unused.one": {"file": "cred-b"}},
        "tokens": [
          {
            "name": "a.b_c-1", "enabled": false, "account_id": "\(Self.account)", "token_id": "z9",
            "credential": "main",
            "schedule": {
              "calendar": "Mon 03:00 Europe/Berlin", "jitter": "6h", "catch_up": false, "first": "now",
              "not_during": ["Mon..Fri 08..17:*:* UTC", "*-12-24..31 *:*:*"]
            },
            "publish": [
              {
                "file": "/srv/a.env", "format": "env", "key": "TOKEN", "mode": "0640", "owner": "app",
                "group": "33", "allow": ["symbolic_link", "writable_by_others"]
              },
              {"file": "/srv/a.json", "format": "json", "key": "secret"},
              {"file": "/srv/r2.env", "format": "r2-env"}
            ],
            "reload": ["caddy.service", "web@a-1.service"]
          }
        ]
      }
      """
    var api = APISettings()
    api.baseURL = "https://api.example.net:8443/client/v4"
    api.timeout = .seconds(20)
    api.connectTimeout = .seconds(5)
    api.settleTime = .minutes(1)
    api.caFile = "/etc/ssl/own.pem"
    api.maxInFlight = 4
    api.rateLimit = RateLimit(requests: 100, per: .minutes(1))
    let schedule = Schedule(
      .calendar(try CalendarExpression(parsing: "Mon 03:00 Europe/Berlin")), jitter: .hours(6),
      catchUp: false,
      first: .now,
      notDuring: [
        try CalendarExpression(parsing: "Mon..Fri 08..17:*:* UTC"),
        try CalendarExpression(parsing: "*-12-24..31 *:*:*"),
      ])
    let entry = Entry(
      name: "a.b_c-1", enabled: false, accountID: Self.account, tokenID: "z9", credential: "main",
      schedule: schedule,
      publish: [
        Destination(
          file: "/srv/a.env", format: .env, key: "TOKEN", mode: 0o640, owner: "app", group: "33",
          allow: [.symbolicLink, .writableByOthers]),
        Destination(file: "/srv/a.json", format: .json, key: "secret"),
        Destination(file: "/srv/r2.env", format: .r2Env),
      ], reload: ["caddy.service", "web@a-1.service"])
    var metrics = MetricsSettings(file: "/srv/m.prom")
    metrics.every = .minutes(5)
    let expected = Configuration(
      api: api,
      credentials: [
        "main": CredentialSource(file: "/etc/a"), "unused.one": CredentialSource(file: "cred-b"),
      ],
      tokens: [entry], stateDirectory: "/srv/state", escrow: .encrypted, waitForClock: true, metrics: metrics)
    #expect(try decode(text) == expected)
  }

  @Test(arguments: [
    ("", ["default.service"]), (#", "reload": ["own.service"]"#, ["own.service"]), (#", "reload": []"#, []),
  ])
  func unitsOfAnEntryReplaceThoseOfTheDefaults(_ member: String, _ units: [String]) throws {
    let sample = Sample([.token: "\"t1\"\(member)", .more: #""defaults": {"reload": ["default.service"]}"#])
    #expect(try sample.decoded().tokens.map(\.reload) == [units])
  }

  @Test(arguments: [
    "https://x", "https://api.cloudflare.com/client/v4", "https://x-1.example_2.org:65535/a/b.c/%20~",
    "https://192.0.2.1", "https://[2001:db8::1]:443/x", "https://localhost", "http://127.0.0.1",
    "http://127.255.0.3:8080/client/v4", "http://[::1]:1", "http://localhost:8080",
  ])
  func urlIsAccepted(_ url: String) throws {
    #expect(try Sample([.more: #""api": {"base_url": "\#(url)"}"#]).decoded().api.baseURL == url)
  }

  private static let settings: [(String, @Sendable (inout APISettings) -> Void)] = [
    ("", { _ in }),
    (#""timeout": "1s""#, { ($0.timeout, $0.connectTimeout) = (.seconds(1), .seconds(1)) }),
    (#""timeout": "10s""#, { $0.timeout = .seconds(10) }),
    (#""timeout": "10min""#, { $0.timeout = .minutes(10) }),
    (#""connect_timeout": "100ms""#, { $0.connectTimeout = .milliseconds(100) }),
    (#""connect_timeout": "30s""#, { $0.connectTimeout = .seconds(30) }),
    (
      #""connect_timeout": "1min", "timeout": "1min""#,
      { ($0.timeout, $0.connectTimeout) = (.minutes(1), .minutes(1)) }
    ),
    (#""settle_time": "0""#, { $0.settleTime = .zero }),
    (#""settle_time": "10min""#, { $0.settleTime = .minutes(10) }),
    (#""ca_file": "/x""#, { $0.caFile = "/x" }),
    (#""max_in_flight": 1"#, { $0.maxInFlight = 1 }),
    (#""max_in_flight": 256"#, { $0.maxInFlight = 256 }),
    (#""rate_limit": {}"#, { _ in }),
    (
      #""rate_limit": {"requests": 1, "per": "1s"}"#,
      { $0.rateLimit = RateLimit(requests: 1, per: .seconds(1)) }
    ),
    (#""rate_limit": {"requests": 1000000}"#, { $0.rateLimit.requests = 1_000_000 }),
    (#""rate_limit": {"per": "1d"}"#, { $0.rateLimit.per = .days(1) }),
  ]

  @Test(arguments: settings) func settingOfTheAPIIsAccepted(
    _ members: String, _ change: @Sendable (inout APISettings) -> Void
  ) throws {
    var expected = APISettings()
    change(&expected)
    #expect(try Sample([.more: #""api": {\#(members)}"#]).decoded().api == expected)
  }

  @Test(arguments: [
    "/etc/x", "x", "a.b_c-d@2:e", "..x", String(repeating: "c", count: 255),
  ])
  func credentialFileIsAccepted(_ file: String) throws {
    let configuration = try Sample([.credentials: #"{"main": {"file": "\#(file)"}}"#]).decoded()
    #expect(configuration.credentials == ["main": CredentialSource(file: file)])
  }

  @Test(arguments: ["a", "9", "A.b_c-d", String(repeating: "n", count: 64)])
  func nameIsAccepted(_ name: String) throws {
    let configuration = try Sample([
      .name: "\"\(name)\"", .credentials: #"{"\#(name)": {"file": "x"}}"#, .credential: "\"\(name)\"",
    ]).decoded()
    #expect(configuration.tokens.map(\.name) == [name])
    #expect(configuration.tokens.map(\.credential) == [name])
  }

  @Test(arguments: ["t", "0", String(repeating: "z", count: 32), "ed17574386854bf78a67040be0a770b0"])
  func tokenIdentifierIsAccepted(_ id: String) throws {
    #expect(try Sample([.token: "\"\(id)\""]).decoded().tokens.map(\.tokenID) == [id])
  }
}
