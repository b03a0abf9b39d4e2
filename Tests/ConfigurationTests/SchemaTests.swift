import Configuration
import Core
import JSON
import TestSupport
import Testing

/// The schema for editors says what the decoder does: keys, choices, limits and defaults, both ways.
@Suite struct SchemaTests {
  private static let objects: [(String, [String])] = [
    ("", ConfigurationKey.Top.allCases.map(\.rawValue)),
    ("$defs.api", ConfigurationKey.API.allCases.map(\.rawValue)),
    ("$defs.rate_limit", ConfigurationKey.RateLimit.allCases.map(\.rawValue)),
    ("$defs.metrics", ConfigurationKey.Metrics.allCases.map(\.rawValue)),
    ("$defs.credential", ConfigurationKey.Credential.allCases.map(\.rawValue)),
    ("$defs.defaults", ConfigurationKey.Defaults.allCases.map(\.rawValue)),
    ("$defs.defaults.properties.publish", ConfigurationKey.DefaultDestination.allCases.map(\.rawValue)),
    ("$defs.entry", ConfigurationKey.Entry.allCases.map(\.rawValue)),
    ("$defs.program", ConfigurationKey.Program.allCases.map(\.rawValue)),
    ("$defs.alert_program", ConfigurationKey.AlertProgram.allCases.map(\.rawValue)),
    ("$defs.schedule", ConfigurationKey.Schedule.allCases.map(\.rawValue)),
    ("$defs.verify", ConfigurationKey.Verify.allCases.map(\.rawValue)),
    ("$defs.destination", ConfigurationKey.Destination.allCases.map(\.rawValue)),
    ("$defs.directory", ConfigurationKey.Directory.allCases.map(\.rawValue)),
    ("$defs.directory_file", ConfigurationKey.DirectoryFile.allCases.map(\.rawValue)),
  ]

  private func node(_ path: String) throws -> JSONNode {
    try path.split(separator: ".").reduce(Repository.schema()) { try #require($0[String($1)], "\(path)") }
  }

  private func strings(_ path: String) throws -> [String] { try node(path).elements.compactMap(\.string) }

  @Test(arguments: objects) func objectHasTheKeysOfTheDecoder(_ path: String, _ keys: [String]) throws {
    let object = try node(path)
    #expect(object["additionalProperties"]?.boolean == false)
    let properties = try #require(object["properties"]).members.map(\.key)
    #expect(Set(properties) == Set(keys))
    #expect(properties.count == keys.count)
  }

  @Test(arguments: objects) func everyKeyIsExplained(_ path: String, _ keys: [String]) throws {
    let properties = try #require(try node(path)["properties"])
    for member in properties.members {
      #expect(member.value["title"]?.string?.isEmpty == false, "\(path) \(member.key)")
      let reference = member.value["$ref"]?.string.map {
        $0.replacing("#/", with: "").replacing("/", with: ".")
      }
      let explained = try member.value["description"] ?? reference.map { try node($0) }?["description"]
      #expect(explained?.string?.isEmpty == false, "\(path) \(member.key)")
    }
  }

  @Test func everyObjectIsHeldAgainstTheDecoder() throws {
    var found: Set<String> = []
    func visit(_ node: JSONNode, _ path: String) {
      if node["additionalProperties"]?.boolean == false { found.insert(path) }
      for member in node.members { visit(member.value, path.isEmpty ? member.key : path + "." + member.key) }
    }
    visit(try Repository.schema(), "")
    #expect(found == Set(Self.objects.map(\.0)))
  }

  @Test func choicesAreThoseOfTheDecoder() throws {
    #expect(try strings("$defs.format.enum") == Destination.Format.allCases.map(\.rawValue))
    #expect(try strings("properties.escrow.enum") == EscrowForm.allCases.map(\.rawValue))
    #expect(try strings("$defs.allow.items.enum") == Destination.Exception.allCases.map(\.rawValue))
    #expect(
      try strings("$defs.verify.properties.on_drift.enum")
        == VerifySettings.DriftReaction.allCases.map(\.rawValue))
    #expect(try strings("$defs.schedule.properties.first.enum") == Schedule.First.allCases.map(\.rawValue))
  }

  @Test func missingKeysAreThoseThatTheDecoderMisses() throws {
    #expect(try strings("required") == ["credentials", "tokens"])
    #expect(try strings("$defs.credential.required") == ["file"])
    #expect(try strings("$defs.metrics.required") == ["file"])
    #expect(try strings("$defs.entry.required") == ["name"])
    // Where no destination is named, a credential is.
    #expect(
      try node("$defs.entry.anyOf").elements.map { $0["required"]?.elements.compactMap(\.string) } == [
        ["publish"], ["provide"],
      ])
    let tokens = try node("$defs.entry.oneOf").elements.map {
      try #require($0["required"]).elements.map(\.string)
    }
    #expect(tokens == [["token_id"], ["token_ids"]])
    #expect(try strings("$defs.destination.required") == ["file"])
    #expect(try strings("$defs.directory.required") == ["directory", "files"])
    #expect(try strings("$defs.directory_file.required") == ["name"])
    #expect(try strings("$defs.program.required") == ["command"])
    #expect(try strings("$defs.alert_program.required") == ["command"])
    let given = #""defaults": {"account_id": "\#(String(repeating: "0", count: 32))", "credential": "main"}"#
    let entry = Sample([.name: "", .account: "", .token: "", .credential: "", .publish: "", .more: given])
    #expect(entry.problems().map { $0.split(separator: "\"")[1] } == ["name", "token_id", "publish"])
  }

  @Test func limitsAreThoseOfTheDecoder() throws {
    for key in ["max_in_flight", "rate_limit.requests"] {
      let keys = key.split(separator: ".").map(String.init)
      let object = keys.count == 1 ? "api" : keys[0]
      let limits = try node("$defs.\(object).properties.\(keys[keys.count - 1])")
      let minimum = try #require(limits["minimum"]?.integer)
      let maximum = try #require(limits["maximum"]?.integer)
      func problems(_ value: Int64) -> [String] {
        let member = keys.reversed().reduce("\(value)") { "{\"\($1)\": \($0)}" }
        return Sample([.more: "\"api\": \(member)"]).problems()
      }
      #expect(problems(minimum) == [])
      #expect(problems(maximum) == [])
      #expect(problems(minimum - 1).count == 1)
      #expect(problems(maximum + 1).count == 1)
    }
    #expect(try node("properties.tokens.maxItems").integer == 500_000)
    #expect(try node("$defs.keep_previous.minimum").integer == 0)
    #expect(try node("$defs.keep_previous.maximum").integer == Int64(Destination.mostPrevious))
    #expect(try node("$defs.directory.properties.files.maxItems").integer == Int64(Destination.mostFiles))
    #expect(try node("$defs.path.maxLength").integer == 4_095)
    #expect(try node("$defs.reload.items.maxLength").integer == 255)
  }

  @Test func defaultsAreThoseOfTheDecoder() throws {
    func string(_ path: String) throws -> String { try #require(try node(path)["default"]?.string) }
    func span(_ path: String) throws -> TimeSpan { try TimeSpan(parsing: string(path)) }
    let api = APISettings()
    #expect(try string("properties.state_directory") == DecodingContext { _ in true }.stateDirectory)
    #expect(try string("properties.escrow") == Sample().decoded().escrow.rawValue)
    #expect(try node("properties.wait_for_clock.default").boolean == Sample().decoded().waitForClock)
    #expect(try string("$defs.api.properties.base_url") == api.baseURL)
    #expect(try span("$defs.api.properties.timeout") == api.timeout)
    #expect(try span("$defs.api.properties.connect_timeout") == api.connectTimeout)
    #expect(try span("$defs.api.properties.settle_time") == api.settleTime)
    #expect(try node("$defs.api.properties.max_in_flight.default").integer == Int64(api.maxInFlight))
    #expect(try node("$defs.rate_limit.properties.requests.default").integer == Int64(api.rateLimit.requests))
    #expect(try span("$defs.rate_limit.properties.per") == api.rateLimit.per)
    #expect(try span("$defs.metrics.properties.every") == MetricsSettings(file: "/x").every)
    let entry = try #require(try Sample().decoded().tokens.first)
    #expect(try node("$defs.entry.properties.enabled.default").boolean == entry.enabled)
    #expect(try node("$defs.entry.properties.allow_self_roll.default").boolean == false)
    #expect(entry.provide == nil)
    #expect(try span("$defs.schedule.properties.jitter") == entry.schedule.jitter)
    #expect(try node("$defs.schedule.properties.catch_up.default").boolean == entry.schedule.catchUp)
    #expect(try string("$defs.schedule.properties.first") == entry.schedule.first.rawValue)
    #expect(try node("$defs.verify.properties.after_roll.default").boolean == entry.verify.afterRoll)
    #expect(try span("$defs.program_timeout") == Program.standardTimeout)
    #expect(
      try node("$defs.program.properties.stdin.default").boolean == Program(command: ["/x"]).readsSecret)
    #expect(try string("$defs.verify.properties.on_drift") == entry.verify.onDrift.rawValue)
    #expect(try span("$defs.verify.properties.expiry_warning") == entry.verify.expiryWarning)
    let destination = try #require(entry.publish.first)
    #expect(try string("$defs.format") == destination.format.rawValue)
    #expect(UInt16(try string("$defs.mode"), radix: 8) == destination.mode)
    let directory = Sample([.publish: #"[{"directory": "/srv", "files": [{"name": "a"}]}]"#])
    let link = try #require(try directory.decoded().tokens.first?.publish.first?.link)
    #expect("/srv/\(try string("$defs.directory.properties.link"))" == link)
  }
}
