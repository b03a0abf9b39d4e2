import Glibc
import TestSupport
import Testing

@testable import Systemd

@Suite struct InstalledUnitTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory(in: "/dev/shm") }

  private func write(_ files: [String: String]) throws {
    for (name, text) in files {
      var made = ""
      for part in name.split(separator: "/").dropLast() {
        made += made.isEmpty ? String(part) : "/\(part)"
        mkdir(directory.path(made), 0o755)
      }
      try directory.write(Array(text.utf8), to: name)
    }
  }

  private func find(_ files: [String: String]) throws -> InstalledUnit? {
    try write(files)
    return try InstalledUnit.find("x.service", in: ["etc", "run", "usr"].map { directory.path($0) })
  }

  @Test func assignmentsHaveSectionValueAndLine() {
    let text =
      "; no\n[Unit]\nDescription = a b \n\n[Service]\nReadWritePaths=/a \\\n# between\n  /b\nUser=\n#User=x\n"
    let found = UnitAssignment.all(in: text, of: "u")
    #expect(found.map(\.section) == ["Unit", "Service", "Service"])
    #expect(found.map(\.key) == ["Description", "ReadWritePaths", "User"])
    #expect(found.map(\.value) == ["a b", "/a  /b", ""])
    #expect(found.map(\.place) == ["u:3", "u:6", "u:9"])
  }

  @Test func thereIsNoUnitWhereNoneIsInstalled() throws {
    #expect(try find(["usr/y.service": ""]) == nil)
  }

  @Test func theFirstDirectoryWinsAndDropInsCountByName() throws {
    let unit = try #require(
      try find([
        "etc/x.service": "[Service]\nUser=etc\n", "usr/x.service": "[Service]\nUser=usr\nGroup=usr\n",
        "usr/x.service.d/20.conf": "[Service]\nUser=late\n",
        "etc/x.service.d/10.conf": "[Service]\nGroup=etc\n",
        "run/x.service.d/10.conf": "[Service]\nGroup=run\n",
        "etc/service.d/15.conf": "[Service]\nGroup=all\n",
        "etc/x.service.d/no": "[Service]\nUser=never\n",
      ]))
    #expect(unit.file == directory.path("etc/x.service"))
    #expect(
      unit.dropIns
        == ["etc/x.service.d/10.conf", "etc/service.d/15.conf", "usr/x.service.d/20.conf"].map(directory.path)
    )
    #expect(unit.user == "late")
    #expect(unit.group == "all")
  }

  @Test func aDropInThatLeadsToNullHidesTheLaterOne() throws {
    try write(["usr/x.service": "[Service]\n", "usr/x.service.d/a.conf": "[Service]\nUser=a\n"])
    mkdir(directory.path("etc"), 0o755)
    mkdir(directory.path("etc/x.service.d"), 0o755)
    symlink("/dev/null", directory.path("etc/x.service.d/a.conf"))
    #expect(try find([:])?.user == "root")
    symlink("/dev/null", directory.path("etc/x.service"))
    #expect(try find([:])?.isMasked == true)
  }

  @Test(arguments: [
    ("", true), ("SystemCallFilter=@system-service", true),
    ("SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources", false),
    ("SystemCallFilter=@system-service\nSystemCallFilter=~@privileged\nSystemCallFilter=fchown", true),
    ("SystemCallFilter=read write", false), ("SystemCallFilter=~@mount", true),
    ("SystemCallFilter=~@chown:EPERM", false), ("SystemCallFilter=~@chown", false),
    ("SystemCallFilter=~fchown\nSystemCallFilter=fchown", true),
  ])
  func theFilterOfSystemCallsIsFollowed(settings: String, isAllowed: Bool) throws {
    let unit = try #require(try find(["usr/x.service": "[Service]\n\(settings)\n"]))
    #expect(unit.allowsChangeOfOwner == isAllowed)
  }

  @Test(arguments: [
    ("", true, false), ("CapabilityBoundingSet=", false, false),
    (
      "CapabilityBoundingSet=\nCapabilityBoundingSet=CAP_CHOWN\nAmbientCapabilities=CAP_KILL CAP_CHOWN", true,
      true
    ),
    ("CapabilityBoundingSet=~CAP_CHOWN", false, false), ("CapabilityBoundingSet=~CAP_KILL", true, false),
    ("CapabilityBoundingSet=CAP_CHOWN\nCapabilityBoundingSet=~CAP_CHOWN", false, false),
    ("AmbientCapabilities=CAP_CHOWN\nAmbientCapabilities=", true, false),
  ])
  func theSetsOfCapabilitiesAreFollowed(settings: String, isBounded: Bool, isAmbient: Bool) throws {
    let unit = try #require(try find(["usr/x.service": "[Service]\n\(settings)\n"]))
    #expect(unit.isBounded(to: "CAP_CHOWN") == isBounded)
    #expect(unit.isAmbient("CAP_CHOWN") == isAmbient)
  }

  @Test(arguments: [
    ("/srv/a", "writable"), ("/srv/closed/a", "inaccessible"), ("/srv/closed/open", "inaccessible"),
    ("/usr/lib", "readOnly"), ("/srv/ro", "readOnly"), ("/home/a", "readOnly"), ("/srv/empty/a", "hidden"),
    ("/srv/empty/back", "writable"), ("/srv/empty/ro", "readOnly"), ("/etc/x", "readOnly"),
    ("/etc/y/a", "writable"), ("/var/lib/x/escrow", "writable"), ("/tmp", "writable"),
  ])
  func theNearestSettingSaysWhatCanBeDoneWithADirectory(path: String, access: String) throws {
    let settings = """
      ProtectSystem=yes
      ProtectHome=read-only
      ReadOnlyPaths=/srv/ro /etc/x
      InaccessiblePaths=-/srv/closed/
      BindPaths=/srv/closed/open /srv/other:/srv/empty/back
      BindReadOnlyPaths=/srv/empty/ro
      TemporaryFileSystem=/srv/empty:ro
      ReadWritePaths=/srv/empty/a
      StateDirectory=x
      ConfigurationDirectory=x y
      PrivateTmp=no
      """
    let unit = try #require(try find(["usr/x.service": "[Service]\n\(settings)\n"]))
    #expect("\(unit.access(to: path))".hasPrefix(access))
  }

  @Test func pathsMayHaveSpecifiers() throws {
    let unit = try #require(
      try find(["usr/x.service": "[Service]\nProtectSystem=strict\nReadWritePaths=%S/app %E/%N 100%%\n"]))
    #expect(unit.words("ReadWritePaths").map(\.word) == ["/var/lib/app", "/etc/x", "100%"])
    #expect(unit.access(to: "/var/lib/app/sub") == .writable)
    #expect(unit.access(to: "/var/lib/apple") == .readOnly(by: "ProtectSystem=strict (\(unit.file):2)"))
  }

  @Test(arguments: [
    ("", nil), ("NoExecPaths=/\n", "NoExecPaths=/"),
    ("NoExecPaths=/\nExecPaths=/usr/bin /srv", "NoExecPaths=/"),
    ("NoExecPaths=/\nExecPaths=/opt/x", nil), ("NoExecPaths=/\nExecPaths=-/opt/\nNoExecPaths=/opt/x/y", nil),
    ("NoExecPaths=/opt/x", "NoExecPaths=/opt/x"),
    ("NoExecPaths=/opt/x/deploy\nExecPaths=/opt", "NoExecPaths=/opt/x/deploy"),
    ("NoExecPaths=/op", nil), ("NoExecPaths=/\nNoExecPaths=", nil),
  ]) func whatMayNotBeExecutedIsFound(_ settings: String, _ expected: String?) throws {
    let unit = try #require(try find(["etc/x.service": "[Service]\n\(settings)\n"]))
    let obstacle = unit.executionObstacle(of: "/opt/x/deploy")
    #expect(obstacle?.split(separator: " ").first.map(String.init) == expected)
  }
}
