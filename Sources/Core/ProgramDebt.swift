/// A program that has to be run for an entry.
public struct ProgramDebt: Sendable, Hashable {
  /// The program with its arguments, as a shell would read them; by it the program is found in the configuration.
  public var program: String
  /// What it is run for.
  public var occasion: ProgramOccasion
  /// The row of the entry's token in the state.
  public var token: Int64
  /// The entry's name.
  public var entry: String
  /// The roll that it is about; nil where an entry failed before its first.
  public var roll: RollID?
  /// What failed; nil where nothing did.
  public var reason: String?

  /// A debt of these parts.
  public init(
    program: String, occasion: ProgramOccasion, token: Int64, entry: String, roll: RollID?,
    reason: String? = nil
  ) {
    self.program = program
    self.occasion = occasion
    self.token = token
    self.entry = entry
    self.roll = roll
    self.reason = reason
  }

  /// Whether `other` is about the same program and occasion of the same token, perhaps for another roll.
  func isSamePlace(as other: ProgramDebt) -> Bool {
    program == other.program && occasion == other.occasion && token == other.token
  }
}
