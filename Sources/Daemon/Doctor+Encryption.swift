internal import Configuration
internal import Platform
internal import Systemd

extension Doctor {
  /// Has a sample encrypted in the way in which the service has it done.
  mutating func examineEncryption(_ configuration: Configuration) async {
    guard configuration.needsEncryption else { return }
    // What root can do by itself is of no use to a service that is not root.
    let isRoots = vantage.user?.identity.map { $0.user == 0 } ?? true
    let encryptor: any CredentialEncryptor & EscrowSealer = isRoots ? SystemEncryptor() : EncryptionClient()
    if let failure = await EncryptionCheck(of: configuration, by: encryptor).failure() {
      findings.append(vantage.finding("encryption", failure, cure: Cure.encryption(failure)))
    } else {
      findings.append(.ok("encryption", configuration.provedEncryption))
    }
  }
}
