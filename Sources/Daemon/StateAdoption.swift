public import Configuration
internal import Platform
internal import Store
internal import Systemd

/// Makes the state of another machine that of this one, as `tokenroll adopt-state` does.
public enum StateAdoption {
  /// Adopts the state of `configuration`; throws where it cannot be used, or where a service is at work on it.
  public static func adopt(_ configuration: Configuration) throws(ServiceFailure) {
    do {
      let directory = configuration.stateDirectory
      guard RollHistory.exists(in: directory) else {
        throw ServiceFailure(kind: .state, description: "there is no state in \(directory) to adopt")
      }
      let lock = try InstanceLock(directory: directory)
      _ = try RollStore(directory: directory, machineID: try MachineID.hexadecimal(), adopt: true)
      withExtendedLifetime(lock) {}
    } catch {
      throw ServiceFailure(error)
    }
  }
}
