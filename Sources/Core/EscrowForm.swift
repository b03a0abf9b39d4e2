/// How a new secret lies in the escrow.
public enum EscrowForm: String, Sendable, CaseIterable {
  /// As it is.
  case plain
  /// Encrypted with the keys of the machine, which only root can use (systemd-creds(1)).
  case encrypted
}
