/// What a schedule has to know about the past of an entry.
public struct ScheduleState: Sendable, Hashable {
  /// When the entry was first read from a configuration: the anchor of `every`.
  public var firstSeen: Timestamp
  /// When its last roll came to a good end; nil where there was none.
  public var lastSuccess: Timestamp?

  /// The past of an entry.
  public init(firstSeen: Timestamp, lastSuccess: Timestamp? = nil) {
    self.firstSeen = firstSeen
    self.lastSuccess = lastSuccess
  }

  /// The instant after which the schedule goes on: the later of the two.
  var basis: Timestamp { max(firstSeen, lastSuccess ?? firstSeen) }
}
