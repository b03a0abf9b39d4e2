extension RollID {
  /// A new identity from the system's generator (getrandom(2)).
  public static func random() -> RollID {
    RollID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
  }
}
