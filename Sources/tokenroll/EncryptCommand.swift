internal import Daemon
internal import Platform

/// `tokenroll __encrypt`: the helper that `tokenroll-encrypt@.service` runs for each connection.
enum EncryptCommand {
  @RotationActor static func run() async -> ExitStatus {
    do throws(SystemError) {
      try await EncryptionHelper.serve()
      return .success
    } catch {
      Terminal.complain(error.description)
      return .failure
    }
  }
}
