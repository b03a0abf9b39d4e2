/// A unit that has to be reloaded because an entry that names it has a new secret.
public struct ReloadDebt: Sendable, Hashable {
  /// The unit, by its whole name.
  public var unit: String
  /// The row of the entry's token in the state.
  public var token: Int64
  /// The entry's name.
  public var entry: String
  /// The roll that brought the secret.
  public var roll: RollID

  /// A debt of these parts.
  public init(unit: String, token: Int64, entry: String, roll: RollID) {
    self.unit = unit
    self.token = token
    self.entry = entry
    self.roll = roll
  }
}
