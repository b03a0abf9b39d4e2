/// An escrow as an encrypted credential of systemd: by its name it is told from every other one of the machine.
public enum EscrowCredential {
  /// What the names of escrows begin with, and no other name may.
  public static let prefix = "tokenroll-escrow."

  /// The name under which the secret of `roll` is encrypted.
  public static func name(of roll: RollID) -> String { prefix + roll.description }

  /// The command with which root reads the secret of `roll` in the file `path` by hand.
  public static func command(toOpen path: String, of roll: RollID) -> String {
    // The secret is the last line; the one before says that it is an escrow.
    "systemd-creds decrypt --name=\(name(of: roll)) \(path) - | tail -n 1"
  }
}
