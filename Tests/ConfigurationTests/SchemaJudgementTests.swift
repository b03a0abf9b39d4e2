import Configuration
import Glibc
import JSON
import TestSupport
import Testing

/// Documents are judged alike by the decoder and, where python3-jsonschema is installed, by the schema.
@Suite struct SchemaJudgementTests {
  static let canJudge = system("python3 -c 'import jsonschema' 2>/dev/null") == 0

  private static let api = "https://api.example.net"

  /// Accepted by both.
  private static let good: [[Sample.Part: String]] = [
    [:], [.credentials: #"{"main": {"file": "cloudflare@x"}, "b.c-d_1": {"file": "/etc/x y"}}"#],
    [.more: #""$schema": "x", "state_directory": "/srv/s", "wait_for_clock": true, "escrow": "encrypted""#],
    [.publish: #"[{"file": "/tokenroll-escrow.d/a", "format": "credential", "name": "tokenroll-escrow"}]"#],
    [.more: #""api": {"base_url": "https://x"}"#],
    [.more: #""api": {"base_url": "https://[2001:db8::1]:443/a/b"}"#],
    [.more: #""api": {"base_url": "http://127.0.0.1:8080/client/v4"}"#],
    [.more: #""api": {"base_url": "http://[::1]"}"#], [.more: #""api": {"base_url": "http://localhost:1"}"#],
    [
      .more:
        #""api": {"timeout": "1min 30s", "connect_timeout": "1.5s", "settle_time": "0", "ca_file": "/x"}"#
    ],
    [.more: #""api": {"max_in_flight": 256, "rate_limit": {"requests": 1000000, "per": "1d"}}"#],
    [.more: #""metrics": {"file": "/x.prom"}"#], [.more: #""metrics": {"file": "/x", "every": "10s"}"#],
    [.more: #""defaults": {}"#], [.more: #""defaults": {"schedule": {}, "publish": {}}"#],
    [
      .schedule: "", .credential: "",
      .more: #""defaults": {"credential": "main", "schedule": {"every": "1d"}}"#,
    ],
    [
      .more:
        #""defaults": {"publish": {"format": "env", "mode": "640", "owner": "a", "group": "0", "allow": []}}"#
    ],
    [.schedule: #"{"every": "12hours 30 minutes", "jitter": "1h", "catch_up": false, "first": "now"}"#],
    [.schedule: #"{"calendar": "Mon 03:00 UTC", "not_during": ["Mon..Fri 08..17:*:*"]}"#],
    [.schedule: #"{"every": "5000000µs"}"#],
    [.token: #""t1", "reload": ["caddy.service", "web@a@b.service", "a\\x2db:c.mount"]"#],
    [.token: #""t1", "verify": {}"#], [.token: #""t1", "verify": {"after_roll": false, "timeout": "1h"}"#],
    [.more: #""defaults": {"verify": {"timeout": "0"}}"#],
    [.token: #""t1", "verify": {"every": "1d", "on_drift": "roll", "expiry_warning": "14d"}"#],
    [.token: #""t1", "reload": []"#], [.more: #""defaults": {"reload": ["_.service"]}"#],
    [.token: "\"t1\", \"reload\": [\"\(String(repeating: "u", count: 247)).service\"]"],
    [.token: #""t1", "run": [{"command": ["/bin/true", "", "a b", "\n"], "timeout": "1h", "stdin": true}]"#],
    [.token: #""t1", "run": [], "on_failure": [], "on_recovery": []"#],
    [
      .token:
        #""t1", "on_failure": [{"command": ["/x"]}], "on_recovery": [{"command": ["/x"], "timeout": "1s"}]"#
    ],
    [.more: #""defaults": {"run": [{"command": ["/x"]}, {"command": ["/x", "y"]}], "on_failure": []}"#],
    [
      .token: #""t1", "provide": "b""#,
      .credentials: #"{"main": {"file": "/etc/x"}, "b": {"file": "/etc/b"}}"#,
    ],
    [
      .token: #""t1", "provide": "b""#,
      .credentials: #"{"main": {"file": "/etc/x"}, "b": {"file": "/etc/b"}}"#, .publish: "",
    ],
    [.token: #""t1", "provide": "main", "allow_self_roll": true"#],
    [.token: #""t1", "allow_self_roll": false"#],
    [.token: "", .credential: #""main", "token_ids": ["t1", "t2"]"#],
    [.token: #""t1", "strategy": "roll""#], [.token: #""t1", "strategy": "replace""#],
    [.token: #""t1", "strategy": "replace", "grace": "0""#],
    [.token: "", .credential: #""main", "token_ids": ["t1", "t2"], "strategy": "roll""#],
    [.token: #""t1", "enabled": false"#], [.token: "\"\(String(repeating: "z", count: 32))\""],
    [
      .publish:
        #"[{"file": "/srv/a", "format": "env", "key": "_A9"}, {"file": "/srv/..b/c..", "format": "json", "key": "a b"}]"#
    ],
    [
      .publish:
        #"[{"file": "/srv/a", "format": "r2-env", "mode": "0400"}, {"file": "/b", "format": "r2-json", "mode": "0660"}]"#
    ],
    [
      .publish:
        #"[{"file": "/srv/a", "format": "template", "template": "/t"}, {"file": "/b", "format": "template", "template": "/t"}]"#
    ],
    [
      .publish: #"[{"file": "/srv/a", "keep_previous": 0}, {"file": "/srv/b", "keep_previous": 10}]"#,
      .more: #""defaults": {"publish": {"keep_previous": 2}}"#,
    ],
    [
      .publish:
        #"[{"file": "/srv/a.cred", "format": "credential"}, {"file": "/b:c", "format": "credential", "name": "a b"}]"#
    ],
    [
      .publish:
        #"[{"directory": "/srv", "files": [{"name": "a"}]}, {"directory": "/srv", "link": "l", "mode": "0640", "group": "g", "allow": [], "keep_previous": 2, "files": [{"name": ".env", "format": "env", "key": "K"}, {"name": "t é", "format": "template", "template": "/t"}, {"name": "j", "format": "json", "key": "k"}]}, {"file": "/srv/x"}]"#
    ],
    [.publish: #"[{"directory": "/srv", "files": [{"name": "a", "format": "credential"}]}]"#],
    [
      .publish:
        #"[{"file": "/srv/a", "owner": "www-data", "group": "4294967294", "allow": ["symbolic_link", "writable_by_others"]}]"#
    ],
  ]

  /// Refused by both.
  private static let bad: [[Sample.Part: String]] = [
    [.credentials: ""], [.credentials: "[]"],
    [.token: #""t1", "verify": true"#], [.token: #""t1", "verify": {"after_roll": "no"}"#],
    [.token: #""t1", "verify": {"on_drift": "cure"}"#], [.token: #""t1", "verify": {"every": 1}"#],
    [.token: #""t1", "verify": {"timeout": 5}"#], [.more: #""defaults": {"verify": []}"#],
    [.credentials: #"{"a b": {"file": "x"}, "main": {"file": "y"}}"#],
    [.credentials: #"{"main": {}}"#], [.credentials: #"{"main": {"file": "etc/x"}}"#],
    [.credentials: #"{"main": {"file": ".."}}"#], [.credentials: #"{"main": {"file": "x", "secret": "y"}}"#],
    [.name: ""], [.name: "\"-a\""], [.name: "\"\(String(repeating: "n", count: 65))\""],
    [.account: "\"0123\""],
    [.account: "\"\(String(repeating: "A", count: 32))\""], [.token: ""], [.token: #""""#], [.token: #""T""#],
    [.token: "\"\(String(repeating: "t", count: 33))\""], [.token: #""t1", "enabled": "yes""#],
    [.token: #""t1", "provide": 5"#], [.token: #""t1", "provide": "main", "allow_self_roll": "yes""#],
    [.token: #""t1", "shedule": {}"#], [.credential: "5"],
    [.token: #""t1", "token_ids": ["t2", "t3"]"#], [.token: "", .credential: #""main", "token_ids": "t1""#],
    [.token: "", .credential: #""main", "token_ids": ["t1"]"#],
    [
      .token: "",
      .credential: #""main", "token_ids": ["t1", "t2"], "provide": "main", "allow_self_roll": true"#,
    ],
    [.token: "", .credential: #""main", "token_ids": ["t1", "t1"]"#],
    [.token: "", .credential: #""main", "token_ids": ["t1", "T2"]"#],
    [.token: "", .credential: #""main", "token_ids": ["t1", "t2", "t3"]"#],
    [.token: #""t1", "strategy": "swap""#], [.token: #""t1", "strategy": "replace", "grace": 5"#],
    [.token: #""t1", "grace": "1h""#], [.token: #""t1", "strategy": "roll", "grace": "1h""#],
    [.token: "", .credential: #""main", "token_ids": ["t1", "t2"], "strategy": "replace""#],
    [.token: #""t1", "reload": "caddy.service""#], [.token: #""t1", "reload": [1]"#],
    [.token: #""t1", "reload": ["caddy"]"#], [.token: #""t1", "reload": ["caddy.timer"]"#],
    [.token: #""t1", "reload": ["tokenroll.service"]"#], [.token: #""t1", "reload": [".service"]"#],
    [.token: #""t1", "reload": ["@x.service"]"#], [.token: #""t1", "reload": ["x@.service"]"#],
    [.token: #""t1", "reload": ["a b.service"]"#], [.token: #""t1", "reload": ["a/b.service"]"#],
    [.token: #""t1", "reload": ["a.service", "a.service"]"#],
    [.token: "\"t1\", \"reload\": [\"\(String(repeating: "u", count: 248)).service\"]"],
    [.more: #""defaults": {"reload": ["x"]}"#],
    [.token: #""t1", "run": ["/x", "y"]"#], [.token: #""t1", "run": {"command": ["/x"]}"#],
    [.token: #""t1", "run": [{}]"#], [.token: #""t1", "run": [{"command": "/x"}]"#],
    [.token: #""t1", "run": [{"command": []}]"#], [.token: #""t1", "run": [{"command": ["x"]}]"#],
    [.token: #""t1", "run": [{"command": ["/x/../y"]}]"#],
    [.token: #""t1", "run": [{"command": ["/x", 5]}]"#],
    [.token: #""t1", "run": [{"command": ["/x", "\u0000"]}]"#],
    [.token: #""t1", "run": [{"command": ["/x"], "timeout": 5}]"#],
    [.token: #""t1", "run": [{"command": ["/x"], "stdin": "yes"}]"#],
    [.token: #""t1", "run": [{"command": ["/x"], "user": "root"}]"#],
    [.token: #""t1", "on_failure": [{"command": ["/x"], "stdin": true}]"#],
    [.token: #""t1", "on_recovery": [{"command": ["/x"], "stdin": false}]"#],
    [.more: #""defaults": {"run": [{}]}"#],
    [.schedule: "[]"], [.schedule: #"{"every": 30}"#], [.schedule: #"{"every": "5x"}"#],
    [.schedule: #"{"every": "30"}"#],
    [.schedule: #"{"every": ""}"#], [.schedule: #"{"every": "-1d"}"#], [.schedule: #"{"every": "infinity"}"#],
    [.schedule: #"{"every": "1d", "calendar": "daily"}"#], [.schedule: #"{"calendar": ""}"#],
    [.schedule: #"{"every": "1d", "jitter": 5}"#], [.schedule: #"{"every": "1d", "catch_up": 1}"#],
    [.schedule: #"{"every": "1d", "first": "soon"}"#],
    [.schedule: #"{"every": "1d", "not_during": "daily"}"#],
    [.schedule: #"{"every": "1d", "not_during": [""]}"#], [.schedule: #"{"every": "1d", "interval": "1d"}"#],
    [.publish: ""], [.publish: "[]"], [.publish: "[{}]"], [.publish: #"[{"file": "srv"}]"#],
    [.publish: #"[{"file": "/"}]"#],
    [.publish: #"[{"file": "/srv/"}]"#], [.publish: #"[{"file": "/srv//x"}]"#],
    [.publish: #"[{"file": "/srv/../x"}]"#],
    [.publish: #"[{"file": "/srv/."}]"#], [.publish: #"[{"file": "/a\u0000b"}]"#],
    [.publish: "[{\"file\": \"/\(String(repeating: "c", count: 256))\"}]"],
    [.publish: #"[{"file": "/a", "format": "yaml"}]"#],
    [.publish: #"[{"file": "/a", "format": "raw", "key": "K"}]"#],
    [.publish: #"[{"file": "/a", "format": "r2-env", "key": "K"}]"#],
    [.publish: #"[{"file": "/a", "format": "env", "key": "1A"}]"#],
    [.publish: #"[{"file": "/a", "format": "json", "key": ""}]"#],
    [.publish: #"[{"file": "/a", "format": "json", "key": "rolled_at"}]"#],
    [.publish: #"[{"file": "/a", "format": "template"}]"#],
    [.publish: #"[{"file": "/a", "format": "template", "template": "t"}]"#],
    [.publish: #"[{"file": "/a", "format": "template", "template": "/t", "key": "K"}]"#],
    [.publish: #"[{"file": "/a", "format": "json", "template": "/t"}]"#],
    [.publish: #"[{"file": "/a", "format": "credential", "key": "K"}]"#],
    [.publish: #"[{"file": "/a", "format": "raw", "name": "n"}]"#],
    [.publish: #"[{"file": "/a", "format": "credential", "name": ""}]"#],
    [.publish: #"[{"file": "/a", "format": "credential", "name": "."}]"#],
    [.publish: #"[{"file": "/a", "format": "credential", "name": "a/b"}]"#],
    [.publish: #"[{"file": "/a", "format": "credential", "name": "é"}]"#],
    [.publish: #"[{"file": "/a", "format": "credential", "name": "tokenroll-escrow.a"}]"#],
    [.publish: #"[{"file": "/a/tokenroll-escrow.a", "format": "credential"}]"#],
    [.more: #""escrow": "none""#], [.more: #""escrow": true"#],
    [.publish: #"[{"file": "/x/a:b", "format": "credential"}]"#],
    [.publish: #"[{"file": "/x/é", "format": "credential"}]"#],
    [.publish: #"[{"file": "/a", "keep_previous": 11}]"#],
    [.publish: #"[{"file": "/a", "format": "credential", "keep_previous": 1}]"#],
    [.publish: #"[{"file": "/a", "keep_previous": -1}]"#],
    [.more: #""defaults": {"publish": {"keep_previous": true}}"#],
    [.publish: #"[{"file": "/a", "mode": 640}]"#], [.publish: #"[{"file": "/a", "mode": "0644"}]"#],
    [.publish: #"[{"file": "/a", "mode": "0700"}]"#], [.publish: #"[{"file": "/a", "mode": "4600"}]"#],
    [.publish: #"[{"file": "/a", "mode": "0060"}]"#], [.publish: #"[{"file": "/a", "mode": "60"}]"#],
    [.publish: #"[{"file": "/a", "owner": 5}]"#], [.publish: #"[{"file": "/a", "owner": "a:b"}]"#],
    [.publish: #"[{"file": "/a", "group": "007"}]"#], [.publish: #"[{"file": "/a", "allow": ["symlink"]}]"#],
    [.publish: #"[{"directory": "/a"}]"#], [.publish: #"[{"files": [{"name": "a"}]}]"#],
    [.publish: #"[{"link": "l"}]"#],
    [.publish: #"[{"directory": "a", "files": [{"name": "a"}]}]"#],
    [.publish: #"[{"directory": "/a", "files": []}]"#], [.publish: #"[{"directory": "/a", "files": {}}]"#],
    [.publish: #"[{"directory": "/a", "files": ["a"]}]"#],
    [.publish: #"[{"directory": "/a", "files": [{}]}]"#],
    [.publish: #"[{"directory": "/a", "files": [{"name": ""}]}]"#],
    [.publish: #"[{"directory": "/a", "files": [{"name": ".."}]}]"#],
    [.publish: #"[{"directory": "/a", "files": [{"name": "a/b"}]}]"#],
    [.publish: #"[{"directory": "/a", "files": [{"name": "a\tb"}]}]"#],
    [.publish: #"[{"directory": "/a", "files": [{"name": "a", "mode": "0600"}]}]"#],
    [.publish: #"[{"directory": "/a", "files": [{"name": "a", "format": "raw", "key": "K"}]}]"#],
    [.publish: #"[{"directory": "/a", "files": [{"name": "a", "format": "env", "key": "1"}]}]"#],
    [.publish: #"[{"directory": "/a", "files": [{"name": "a", "format": "template"}]}]"#],
    [.publish: #"[{"directory": "/a", "files": [{"name": "a:b", "format": "credential"}]}]"#],
    [
      .publish:
        #"[{"directory": "/a", "keep_previous": 1, "files": [{"name": "a", "format": "credential"}]}]"#
    ],
    [.publish: #"[{"directory": "/a", "link": "", "files": [{"name": "a"}]}]"#],
    [.publish: #"[{"directory": "/a", "link": "x/y", "files": [{"name": "a"}]}]"#],
    [.publish: #"[{"directory": "/a", "link": ".", "files": [{"name": "a"}]}]"#],
    [
      .publish:
        "[{\"directory\": \"/a\", \"link\": \"\(String(repeating: "l", count: 65))\", \"files\": [{\"name\": \"a\"}]}]"
    ],
    [.publish: #"[{"directory": "/a", "owner": "root", "files": [{"name": "a"}]}]"#],
    [.publish: #"[{"directory": "/a", "file": "/b", "files": [{"name": "a"}]}]"#],
    [.publish: #"[{"file": "/a", "path": "/b"}]"#], [.more: #""token": []"#],
    [.more: #""state_directory": "x""#],
    [.more: #""api": {"base_url": "api.example.net"}"#], [.more: #""api": {"base_url": "\#(api)/"}"#],
    [.more: #""api": {"base_url": "\#(api)?a"}"#], [.more: #""api": {"base_url": "\#(api)#a"}"#],
    [.more: #""api": {"base_url": "https://user@example.net"}"#],
    [.more: #""api": {"base_url": "http://example.net"}"#],
    [.more: #""api": {"base_url": "http://127.0.0.1.example.net"}"#],
    [.more: #""api": {"base_url": "http://localhost@example.net"}"#], [.more: #""api": {"timeout": 30}"#],
    [.more: #""api": {"max_in_flight": 0}"#], [.more: #""api": {"max_in_flight": "8"}"#],
    [.more: #""api": {"rate_limit": {"requests": 1000001}}"#], [.more: #""api": {"retries": 5}"#],
    [.more: #""metrics": "/x.prom""#], [.more: #""metrics": {}"#], [.more: #""metrics": {"file": "x"}"#],
    [.more: #""metrics": {"file": "/x", "every": 60}"#],
    [.more: #""metrics": {"file": "/x", "mode": "0644"}"#],
    [.more: #""defaults": {"publish": {"file": "/x"}}"#], [.more: #""defaults": {"publish": {"key": "K"}}"#],
    [.more: #""defaults": {"account_id": "x"}"#], [.more: #""defaults": {"name": "x"}"#],
    [.more: #""defaults": {"schedule": {"every": "1d", "calendar": "daily"}}"#],
  ]

  @Test(arguments: good) func goodDocumentIsAcceptedByTheDecoder(_ parts: [Sample.Part: String]) {
    #expect(Sample(parts).problems() == [])
  }

  @Test(arguments: bad) func badDocumentIsRefusedByTheDecoder(_ parts: [Sample.Part: String]) {
    #expect(Sample(parts).problems() != [])
  }

  @Test(.enabled(if: canJudge, "python3-jsonschema is not installed"))
  func documentsAreJudgedTheSameByTheSchema() throws {
    let example = try Repository.text("config.example.json")
    let texts = Self.good.map { Sample($0).text } + [example] + Self.bad.map { Sample($0).text }
    let verdicts = try judgement(of: texts)
    #expect(verdicts.count == texts.count)
    let accepted = Self.good.count + 1
    for (index, verdict) in verdicts.enumerated() {
      #expect(verdict == (index < accepted), "\(texts[index])")
    }
  }

  /// What the schema says to each text.
  private func judgement(of texts: [String]) throws -> [Bool] {
    var writer = JSONWriter()
    writer.beginArray()
    for text in texts { writer.value(text) }
    writer.endArray()
    var template = Array("/tmp/tokenroll-schema-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try #require(descriptor >= 0)
    defer {
      close(descriptor)
      unlink(path)
    }
    let written = writer.withBytes { write(descriptor, $0.baseAddress, $0.count) }
    try #require(written == writer.bytes.count)
    let program = """
      import json, sys, jsonschema
      schema = json.load(open(sys.argv[1]))
      jsonschema.Draft202012Validator.check_schema(schema)
      validator = jsonschema.Draft202012Validator(schema)
      print("".join("01"[validator.is_valid(json.loads(t))] for t in json.load(open(sys.argv[2]))))
      """
    let command = "python3 -c '\(program)' '\(Repository.path("deploy/config.schema.json"))' '\(path)'"
    let pipe = try #require(popen(command, "r"))
    var verdicts: [Bool] = []
    while case let character = fgetc(pipe), character != EOF {
      if character == 0x30 || character == 0x31 { verdicts.append(character == 0x31) }
    }
    #expect(pclose(pipe) == 0)
    return verdicts
  }
}
