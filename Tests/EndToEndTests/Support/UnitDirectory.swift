import Glibc
import TestSupport

/// A directory with the unit that is shipped, as if it were installed.
final class UnitDirectory: Sendable {
  private let directory: TemporaryDirectory

  /// Installs the unit for `user`, who exists on every machine, with these drop-ins by their names.
  init(user: String = "daemon", dropIns: [String: String] = [:]) throws {
    directory = try TemporaryDirectory()
    chmod(directory.path, 0o755)
    let unit = try Repository.text("deploy/tokenroll.service")
    let adapted = unit.replacing("User=tokenroll", with: "User=\(user)").replacing(
      "Group=tokenroll", with: "Group=\(user)")
    chmod(try directory.write("tokenroll.service", adapted), 0o644)
    mkdir(directory.path("tokenroll.service.d"), 0o755)
    for (name, text) in dropIns { chmod(try directory.write("tokenroll.service.d/\(name)", text), 0o644) }
  }

  /// For `SYSTEMD_UNIT_PATH`.
  var path: String { directory.path }
}
