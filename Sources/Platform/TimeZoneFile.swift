public import Core
internal import Glibc

/// The time zones installed on the host: files in the format of RFC 9636.
public enum TimeZoneFile {
  /// Where the files lie (package `tzdata`).
  public static let directory = "/usr/share/zoneinfo"

  /// The largest file that is read: one mebibyte; those of the IANA have 4 kB at most.
  private static let sizeLimit = 1 << 20

  /// Loads the zone `name`, such as `Europe/Berlin`, from a file below `directory`.
  ///
  /// Throws where the name is not that of a zone (letters, digits, `+-_`, with `/` between the parts), or where its file
  /// is missing, unreadable or damaged. `UTC` needs no file.
  public static func load(
    name: String, directory: String = TimeZoneFile.directory
  ) throws(TimeZoneFileError) -> TimeZoneRules {
    guard isName(name) else {
      throw TimeZoneFileError(
        zone: name, reason: "this is no name of a time zone; write one such as \"Europe/Berlin\"")
    }
    guard name != "UTC" else { return .utc }
    return try read("\(directory)/\(name)", zone: name)
  }

  /// The zone of the host, as tzset(3) finds it.
  ///
  /// `variable` is the value of `TZ`: absent means `/etc/localtime`, and UTC where there is no such file; empty means UTC;
  /// `:name` and `name` a zone by its name or the absolute path of a file; without colon also a POSIX rule such as
  /// `CET-1CEST,M3.5.0,M10.5.0/3`. Unlike tzset(3), which falls back on UTC in silence, throws where it is none of these.
  public static func local(
    variable: String? = TimeZoneFile.variable
  ) throws(TimeZoneFileError) -> TimeZoneRules {
    guard let variable else {
      do {
        return try read("/etc/localtime", zone: "/etc/localtime")
      } catch  where error.code == ENOENT {
        return .utc
      }
    }
    let isFile = variable.hasPrefix(":")
    let name = String(isFile ? variable.dropFirst() : variable[...])
    guard !name.isEmpty else { return .utc }
    guard !name.hasPrefix("/") else { return try read(name, zone: name) }
    do {
      return try load(name: name)
    } catch {
      if !isFile, let rules = try? TimeZoneRules(posix: name) { return rules }
      throw TimeZoneFileError(
        zone: variable, reason: "the variable TZ names it, and \(error.reason)", code: error.code)
    }
  }

  /// The rules by which an expression is read: `zone` by its name, or by an abbreviation of the local zone such as `CEST`.
  ///
  /// An abbreviation stands for its own offset all year round, and is looked for in the year before and after `now`.
  /// systemd 252 lets an expression with the abbreviation of the season elapse in that season only.
  public static func rules(
    for zone: CalendarExpression.Zone, now: Timestamp, variable: String? = TimeZoneFile.variable
  ) throws(TimeZoneFileError) -> TimeZoneRules {
    switch zone {
    case .utc: return .utc
    case .local: return try local(variable: variable)
    case .named(let name):
      do {
        return try load(name: name)
      } catch {
        guard let rules = try? local(variable: variable),
          let type = rules.localTimeType(abbreviated: name, near: now)
        else { throw error }
        return TimeZoneRules(fixed: type)
      }
    }
  }

  /// The value of `TZ` in the environment.
  public static var variable: String? { getenv("TZ").map { String(cString: $0) } }

  private static func isName(_ name: String) -> Bool {
    guard name.utf8.count <= 255 else { return false }
    return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
      part in
      !part.isEmpty && part.allSatisfy(isNameByte)
    }
  }

  /// No full stop: so neither `..` nor the tables beside the zones (`zone.tab`) are names.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func read(_ path: String, zone: String) throws(TimeZoneFileError) -> TimeZoneRules {
    let bytes = try contents(of: path, zone: zone)
    do {
      return try TimeZoneRules(tzif: bytes)
    } catch {
      throw TimeZoneFileError(
        zone: zone,
        reason: "\(path) is damaged or no time zone file \(error); install the package tzdata anew")
    }
  }

  private static func contents(of path: String, zone: String) throws(TimeZoneFileError) -> [UInt8] {
    // A pipe would keep the open call waiting without O_NONBLOCK.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("open", path, zone, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("fstat", path, zone, errno) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= sizeLimit else {
      throw TimeZoneFileError(
        zone: zone, reason: "\(path) is not a regular file of at most \(sizeLimit) bytes")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while bytes.count <= sizeLimit {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", path, zone, errno) }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  private static func failure(
    _ call: String, _ path: String, _ zone: String, _ code: Int32
  ) -> TimeZoneFileError {
    let cure = code == ENOENT ? "; check the name, and that the package tzdata is installed" : ""
    return TimeZoneFileError(
      zone: zone, reason: "\(call) \(path): \(String(cString: strerror(code)))\(cure)", code: code)
  }
}
