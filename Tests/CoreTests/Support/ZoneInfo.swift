import Core
import Glibc

/// The time zones of the host, for tests of values that never open a file.
enum ZoneInfo {
  static let isPresent = access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0

  struct Missing: Error { var name: String }

  static func rules(_ name: String) throws -> TimeZoneRules { try TimeZoneRules(tzif: bytes(name)) }

  /// True where systemd takes `name` for a time zone.
  static func exists(_ name: String) -> Bool { (try? bytes(name))?.starts(with: "TZif".utf8) ?? false }

  static func bytes(_ name: String) throws -> [UInt8] {
    let descriptor = open("/usr/share/zoneinfo/" + name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Missing(name: name) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &bytes, bytes.count)
    return Array(bytes.prefix(max(count, 0)))
  }
}
