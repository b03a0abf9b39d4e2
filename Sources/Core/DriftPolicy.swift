/// What follows from drift: decisions without clock, disk or network.
public enum DriftPolicy {
  /// What bears on whether an entry is rolled because of drift.
  public struct Situation: Sendable {
    /// `on_drift`.
    public var reaction: VerifySettings.DriftReaction
    /// Whether an operator keeps it from being rolled, by a pause or a hold.
    public var isHeldBack: Bool
    /// When the schedule wanted a roll first after the last one because of drift; nil where there was none.
    public var periodEnd: Timestamp?
    /// The present.
    public var now: Timestamp

    /// A situation of these parts.
    public init(
      reaction: VerifySettings.DriftReaction, isHeldBack: Bool, periodEnd: Timestamp?, now: Timestamp
    ) {
      self.reaction = reaction
      self.isHeldBack = isHeldBack
      self.periodEnd = periodEnd
      self.now = now
    }
  }

  /// Whether the entry is rolled because of `drifts`: at most once a period, or two programs would roll without end.
  public static func rolls(for drifts: some Sequence<Drift>, _ situation: Situation) -> Bool {
    guard situation.reaction == .roll, !situation.isHeldBack else { return false }
    if let end = situation.periodEnd, situation.now < end { return false }
    // A secret of another token means crossed entries, which a roll would make worse.
    let kinds = drifts.map(\.kind)
    return !kinds.contains(.otherToken) && kinds.contains(where: \.isMendedByRoll)
  }

  /// What is wrong with a token's status or end, as a sentence without its full stop; nil where nothing is.
  ///
  /// `status` is as the API names it; `nextRoll` is when the schedule wants the next roll, nil where it never does.
  public static func ending(
    status: String, expiresOn: Timestamp?, nextRoll: Timestamp?, warning: TimeSpan, now: Timestamp
  ) -> (drift: Drift, detail: String)? {
    guard status == "active" else {
      return (Drift(.tokenInactive), "the token is \(status), so its consumers are refused")
    }
    guard let expiresOn else { return nil }
    let isBeforeRoll = nextRoll.map { expiresOn <= $0 } ?? false
    guard isBeforeRoll || expiresOn - now <= warning else { return nil }
    let end = "the token expires on \(expiresOn.rfc3339)"
    return (
      Drift(.tokenExpiring), isBeforeRoll ? end + ", before its next roll" : end
    )
  }
}
