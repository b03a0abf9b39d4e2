extension RollMachine {
  /// Attempts in a row that come to nothing before anybody is told: what passes within a few seconds troubles nobody.
  public static let patience = 3

  /// Why somebody has to be told that the entry fails; nil while all is well, or what failed may pass by itself.
  ///
  /// A refusal that will not pass, and a roll with a bad end, are told at once; all else after `patience` attempts.
  public var alarm: String? {
    guard let trouble else { return nil }
    switch phase {
    case .failed, .waiting: return trouble
    case .uncertain, .escrowing, .proving, .escrowed, .published, .confirming, .verified:
      return tries >= Self.patience ? trouble : nil
    case .backingOff, .preflight, .inspecting, .intending, .intended:
      return failures >= Self.patience ? trouble : nil
    }
  }
}
