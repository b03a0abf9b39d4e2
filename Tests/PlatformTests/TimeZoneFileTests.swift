import Core
import Glibc
import Platform
import Testing

@Suite(.enabled(if: access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0, "needs the package tzdata"))
struct TimeZoneFileTests {
  /// 2026-07-01T00:00:00Z.
  private static let summer = Timestamp(seconds: 1_782_864_000)
  private static let winter = Timestamp(seconds: 1_795_575_215)

  @Test(
    "loads a zone by its name", arguments: [("Europe/Berlin", 7_200), ("UTC", 0), ("Etc/GMT+5", -18_000)])
  func loads(name: String, offset: Int) throws {
    #expect(try TimeZoneFile.load(name: name).offset(at: Self.summer) == offset)
  }

  @Test(
    "refuses what is not a name, without a look at any file",
    arguments: [
      "", "..", "../../etc/passwd", "/etc/localtime", "Europe//Berlin", "Europe/", "/Europe", "Europe/../UTC",
      "Europe/./Berlin", "zone.tab", "Europe Berlin", "Europe/Ber\u{0}lin",
      String(repeating: "a", count: 256),
    ])
  func refusesNames(name: String) {
    let error = #expect(throws: TimeZoneFileError.self) { try TimeZoneFile.load(name: name) }
    #expect(error?.code == nil)
    #expect(error?.reason.contains("no name of a time zone") == true)
  }

  @Test("says which file is missing and what to do")
  func reportsMissingFile() {
    #expect(throws: TimeZoneFileError.self) { try TimeZoneFile.load(name: "Europe/Atlantis") }
    let error = #expect(throws: TimeZoneFileError.self) { try TimeZoneFile.load(name: "Europe/Atlantis") }
    #expect(
      error?.description
        == "cannot load the time zone \"Europe/Atlantis\": open /usr/share/zoneinfo/Europe/Atlantis: "
        + "No such file or directory; check the name, and that the package tzdata is installed")
  }

  @Test("refuses what is not a zone file", arguments: ["Europe", "leapseconds", "pipe", "large"])
  func refusesOtherFiles(name: String) throws {
    let template = try #require(strdup("/tmp/zoneinfo.XXXXXX"))
    defer { free(template) }
    try #require(mkdtemp(template) != nil)
    let directory = String(cString: template)
    let path = "\(directory)/\(name)"
    switch name {
    case "Europe": mkdir(path, 0o700)
    case "pipe": mkfifo(path, 0o600)
    default:
      let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      write(descriptor, "# Allowance for leap seconds\n", 29)
      if name == "large" { ftruncate(descriptor, 2 << 20) }
      close(descriptor)
    }
    defer {
      remove(path)
      rmdir(directory)
    }
    #expect(throws: TimeZoneFileError.self) { try TimeZoneFile.load(name: name, directory: directory) }
  }

  @Test(
    "reads TZ as tzset(3) does",
    arguments: [
      ("", 0), (":", 0), ("Europe/Berlin", 7_200), (":Europe/Berlin", 7_200),
      ("/usr/share/zoneinfo/Asia/Kolkata", 19_800), (":/usr/share/zoneinfo/Asia/Kolkata", 19_800),
      ("CET-1CEST,M3.5.0,M10.5.0/3", 7_200), ("<+03>-3", 10_800),
    ])
  func readsVariable(variable: String, offset: Int) throws {
    #expect(try TimeZoneFile.local(variable: variable).offset(at: Self.summer) == offset)
  }

  @Test(
    "refuses a TZ that means nothing",
    arguments: ["Europe/Atlantis", ":CET-1CEST", "../UTC", ":/nonexistent"])
  func refusesVariable(variable: String) {
    #expect(throws: TimeZoneFileError.self) { try TimeZoneFile.local(variable: variable) }
  }

  @Test("without TZ the host's zone is that of /etc/localtime, or UTC")
  func readsLocaltime() throws {
    let rules = try TimeZoneFile.local(variable: nil)
    var local = tm()
    var now = time_t(Self.summer.seconds)
    try #require(getenv("TZ") == nil, "this test needs an environment without TZ")
    localtime_r(&now, &local)
    #expect(rules.offset(at: Self.summer) == local.tm_gmtoff)
  }

  @Test("resolves the zone of an expression, abbreviations of the local zone included")
  func resolvesZones() throws {
    func offset(_ zone: CalendarExpression.Zone, at instant: Timestamp) throws -> Int {
      try TimeZoneFile.rules(for: zone, now: Self.summer, variable: "Europe/Berlin").offset(at: instant)
    }
    #expect(try offset(.local, at: Self.summer) == 7_200)
    #expect(try offset(.utc, at: Self.summer) == 0)
    #expect(try offset(.named("Asia/Kolkata"), at: Self.summer) == 19_800)
    #expect(try offset(.named("cest"), at: Self.summer) == 7_200)
    #expect(try offset(.named("CEST"), at: Self.winter) == 7_200)
    #expect(throws: TimeZoneFileError.self) { try offset(.named("PDT"), at: Self.summer) }
    // Local mean time and Berlin's double summer time of 1945 are history.
    #expect(throws: TimeZoneFileError.self) { try offset(.named("CEMT"), at: Self.summer) }
  }
}
