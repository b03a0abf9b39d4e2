import Glibc
import TestSupport
import Testing

/// `tokenroll check --unit`: which lines a drop-in needs for a configuration.
@Suite struct UnitCheckTests {
  /// One configuration, and the lines that are missing in the unit as it is shipped.
  struct Case: Sendable, CustomTestStringConvertible {
    var what: String
    var file = "/srv/app/token"
    /// Further members of the destination.
    var members: [String: String] = [:]
    var credential = "cloudflare"
    /// A program that is run.
    var program: String?
    var dropIn = ""
    var missing: [String]

    var testDescription: String { what }
  }

  static let published = "/var/lib/tokenroll-published/token"
  static let cases = [
    Case(what: "the default place", file: published, missing: []),
    Case(what: "a directory elsewhere", missing: ["ReadWritePaths=/srv/app"]),
    Case(
      what: "a directory behind a link", file: "",
      members: ["directory": "\"/srv/app\"", "files": #"[{"name": "token"}]"#],
      missing: ["ReadWritePaths=/srv/app"]),
    Case(
      what: "a directory that a drop-in has opened", dropIn: "ReadWritePaths=-/srv/app /srv/other",
      missing: []),
    Case(
      what: "a directory below one that a drop-in has opened", file: "/srv/app/deep/token",
      dropIn: "ReadWritePaths=/srv/app", missing: []),
    Case(
      what: "an opening that is taken back", dropIn: "ReadWritePaths=/srv/app\nReadWritePaths=",
      missing: ["ReadWritePaths=/srv/app"]),
    Case(
      what: "a group of which the user is no member", file: published, members: ["group": "\"mail\""],
      missing: ["SupplementaryGroups=mail", "PrivateUsers=no", "SystemCallFilter=fchown"]),
    Case(
      what: "the group of the user", file: published, members: ["group": "\"daemon\""], missing: []),
    Case(
      what: "a group that a drop-in gives", file: published, members: ["group": "\"mail\""],
      dropIn: "SupplementaryGroups=mail\nPrivateUsers=no", missing: ["SystemCallFilter=fchown"]),
    Case(
      what: "another owner", file: published, members: ["owner": "\"mail\""],
      missing: [
        "CapabilityBoundingSet=CAP_CHOWN", "AmbientCapabilities=CAP_CHOWN", "PrivateUsers=no",
        "SystemCallFilter=fchown",
      ]),
    Case(what: "the user itself as owner", file: published, members: ["owner": "\"daemon\""], missing: []),
    Case(
      what: "another owner, all given", file: published, members: ["owner": "\"mail\""],
      dropIn:
        "PrivateUsers=no\nSystemCallFilter=fchown\nCapabilityBoundingSet=CAP_CHOWN\nAmbientCapabilities=CAP_CHOWN",
      missing: []),
    Case(
      what: "a credential that is not handed over", file: published, credential: "staging",
      missing: ["LoadCredential=staging:tokenroll.staging"]),
    Case(
      what: "an encrypted credential", file: published, credential: "staging",
      dropIn: "LoadCredentialEncrypted=staging:tokenroll.staging", missing: []),
    Case(
      what: "a credential that a drop-in takes back", file: published, dropIn: "LoadCredential=",
      missing: ["LoadCredential=cloudflare:tokenroll.cloudflare"]),
    Case(
      what: "a credential in a home", file: published, credential: "/root/secret/token",
      missing: ["ProtectHome=tmpfs", "BindReadOnlyPaths=/root/secret"]),
    Case(
      what: "a destination in /tmp", file: "/tmp/no-such-directory/token",
      missing: ["BindPaths=/tmp/no-such-directory"]),
    Case(
      what: "a destination in a home", file: "/home/app/token",
      missing: ["ProtectHome=tmpfs", "BindPaths=/home/app"]),
    Case(
      what: "a destination in a home that is bound", file: "/home/app/token",
      dropIn: "ProtectHome=tmpfs\nBindPaths=/home/app", missing: []),
    Case(
      what: "a home that a bind alone does not bring back", file: "/home/app/token",
      dropIn: "BindPaths=/home/app", missing: ["ProtectHome=tmpfs", "BindPaths=/home/app"]),
    Case(
      what: "a program in a home", file: published, program: "/home/app/deploy",
      missing: ["ProtectHome=tmpfs", "BindReadOnlyPaths=/home/app"]),
    Case(
      what: "a program that may not be executed", file: published, program: "/opt/deploy",
      dropIn: "NoExecPaths=/\nExecPaths=/usr/bin/tokenroll /usr/lib",
      missing: ["ExecPaths=/opt/deploy"]),
    Case(what: "a program that may be executed", file: published, program: "/opt/deploy", missing: []),
    Case(
      what: "an empty file system over the destination",
      dropIn: "TemporaryFileSystem=/srv:ro\nReadWritePaths=/srv/app",
      missing: ["BindPaths=/srv/app"]),
    Case(
      what: "a network that is denied", file: published, dropIn: "IPAddressDeny=any",
      missing: ["IPAddressAllow=any"]),
    Case(
      what: "a network that is allowed again", file: published,
      dropIn: "IPAddressDeny=any\nIPAddressAllow=192.0.2.0/24 localhost", missing: []),
    Case(
      what: "families of addresses", file: published,
      dropIn: "RestrictAddressFamilies=\nRestrictAddressFamilies=AF_UNIX",
      missing: ["RestrictAddressFamilies=AF_INET AF_INET6"]),
    Case(
      what: "ports that may not be bound, which matters to no client", file: published,
      dropIn: "SocketBindDeny=any",
      missing: []),
  ]

  @Test(arguments: cases) func missingLinesAreNamed(_ example: Case) throws {
    let result = try check(example, dropIn: example.dropIn)
    let lines = result.outputText.split(separator: "\n").map(String.init)
    let start = lines.firstIndex(of: "[Service]")
    #expect(start.map { Array(lines[($0 + 1)...]) } ?? [] == example.missing, "\(result.outputText)")
    #expect(result.status == (example.missing.isEmpty ? 0 : 1), "\(result.errorText)")
  }

  @Test(arguments: cases.filter { !$0.missing.isEmpty }) func theLinesAreEnough(_ example: Case) throws {
    let lines = [example.dropIn] + example.missing
    let result = try check(example, dropIn: lines.joined(separator: "\n"))
    #expect(result.status == 0, "\(result.outputText)")
  }

  private func check(_ example: Case, dropIn: String) throws -> TestProcess.Result {
    let units = try UnitDirectory(dropIns: dropIn.isEmpty ? [:] : ["own.conf": "[Service]\n\(dropIn)\n"])
    let directory = try TemporaryDirectory()
    var configuration = ServiceConfiguration(
      baseURL: "https://api.cloudflare.com/client/v4", caFile: nil, credentials: ["main": example.credential],
      stateDirectory: "/var/lib/tokenroll")
    configuration.entries = [
      .init(
        name: "edge", account: String(repeating: "0", count: 32), token: "t1", credential: "main",
        publish: [.init(file: example.file, mode: "0640", others: example.members)])
    ]
    if let program = example.program {
      configuration.entries[0].programs["run"] = ServiceConfiguration.program([program])
    }
    return try run(try directory.write("config.json", configuration.json), units.path)
  }

  private func run(_ configuration: String, _ unitPath: String) throws -> TestProcess.Result {
    try TestProcess.run(
      "env",
      [
        "SYSTEMD_UNIT_PATH=\(unitPath)", try TestProcess.product("tokenroll"), "check", "--unit", "--config",
        configuration,
      ])
  }

  @Test func aUnitThatIsNotInstalledIsSaid() throws {
    let directory = try TemporaryDirectory()
    var configuration = ServiceConfiguration(
      baseURL: "https://api.cloudflare.com/client/v4", caFile: nil, credentials: ["main": "cloudflare"],
      stateDirectory: "/var/lib/tokenroll")
    configuration.entries = [
      .init(
        name: "edge", account: String(repeating: "0", count: 32), token: "t1", credential: "main",
        publish: [.init(file: Self.published)])
    ]
    let result = try run(try directory.write("config.json", configuration.json), directory.path)
    #expect(result.status == 69)
    #expect(result.errorText.contains("no tokenroll.service is installed: install the package"))
  }
}
