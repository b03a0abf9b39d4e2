/// What a decision may know of its surroundings: two clocks and a random number.
public struct Moment: Sendable, Equatable {
  /// The wall clock; it can be set, forwards and backwards.
  public var wall: Timestamp
  /// Time since boot, suspend included (CLOCK_BOOTTIME); it never goes back while a machine runs.
  public var uptime: TimeSpan
  /// 64 random bits, new for every moment.
  public var random: UInt64

  /// A moment of these parts.
  public init(wall: Timestamp, uptime: TimeSpan, random: UInt64) {
    self.wall = wall
    self.uptime = uptime
    self.random = random
  }
}
