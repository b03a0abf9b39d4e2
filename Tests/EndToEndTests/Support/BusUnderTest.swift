import Glibc
import TestSupport

/// A bus with a stand-in for systemd on it, stopped when it is let go.
final class BusUnderTest: Sendable {
  /// Whether there is a program for it.
  static let isSupported = access(StandInManager.busProgram, X_OK) == 0

  let manager: StandInManager
  /// Where a service finds it in the place of the system's bus.
  let environment: [String: String]
  private let directory: TemporaryDirectory
  private let process: TestProcess

  init(_ behaviour: StandInManager.Behaviour = .job(result: "done")) throws {
    directory = try TemporaryDirectory()
    let address = "unix:path=\(directory.path("bus"))"
    let configuration = try directory.write("bus.conf", StandInManager.busConfiguration(address))
    process = try TestProcess(
      StandInManager.busProgram, ["--nofork", "--print-address", "--config-file=\(configuration)"])
    // The address is printed once the bus listens.
    guard try process.readOutput(until: { $0.last == 0x0A }).last == 0x0A else {
      throw TestFailure("the bus did not start")
    }
    manager = try StandInManager(address, behaviour)
    environment = ["DBUS_SYSTEM_BUS_ADDRESS": address]
  }

  deinit { manager.stop() }

  /// The units that were to be reloaded, in the order of the calls.
  var units: [String] {
    manager.calls.map { $0.split(separator: " ") }.filter { $0.first == "ReloadOrTryRestartUnit" }.map {
      String($0[1])
    }
  }
}
