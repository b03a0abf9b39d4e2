internal import Configuration
internal import Core
internal import Glibc
internal import Platform

extension UnitCheck {
  /// What is wrong with the helper that encrypts for a service without root's rights; nil where nothing is, or none is
  /// needed.
  static func helperFinding(_ configuration: Configuration, _ user: ServiceUser?) -> Finding? {
    guard configuration.needsEncryption, let user, user.identity?.user != 0 else { return nil }
    // The escrow is every entry's.
    let entry = configuration.tokens.first(where: \.needsEncryption)
    let concerned = configuration.escrow == .encrypted ? "escrow" : entry?.name ?? "encryption"
    let socket = EncryptionClient().path
    do throws(SystemError) {
      let rights = try FileAttributes(of: socket)
      guard let own = user.identity?.user, rights.owner != own, rights.mode & S_IWOTH == 0 else { return nil }
      return .fail(
        "unit",
        "\(concerned): \(socket) \(rights.description), so \(user.name) may not have secrets encrypted",
        cure:
          "systemctl edit \(EncryptionClient.unitName), with SocketUser=\(user.name) in [Socket]; then restart it"
      )
    } catch {
      return .fail(
        "unit",
        "\(concerned): nobody encrypts \(configuration.escrow == .encrypted ? "new secrets" : "its secret"), for \(user.name) has not the rights and \(EncryptionClient.unitName) "
          + "does not run (\(error))",
        cure: Cure.encryptionSocket)
    }
  }
}
