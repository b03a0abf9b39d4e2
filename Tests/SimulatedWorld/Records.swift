internal import Core

/// What is kept of an entry's tokens, and which consumers hold: the counterpart of the service's `TokenRecords`.
struct Records {
  var inUse: Disk.Record
  var standby: Disk.Record?

  init(_ record: Disk.Record, _ twin: Disk.Record?) {
    inUse = record
    standby = twin
    guard let twin, Self.isLater(twin, record) else { return }
    inUse = twin
    standby = record
  }

  var next: Disk.Record { standby ?? inUse }
  var all: [Disk.Record] { [inUse] + (standby.map { [$0] } ?? []) }
  var firstSeen: Timestamp { min(inUse.firstSeen, next.firstSeen) }
  var lastSuccess: Timestamp? { [inUse.lastSuccess, standby?.lastSuccess].compactMap(\.self).max() }
  var doubtUntil: Timestamp? { [inUse.doubtUntil, standby?.doubtUntil].compactMap(\.self).max() }

  private static func isLater(_ one: Disk.Record, _ other: Disk.Record) -> Bool {
    if (one.fingerprint == nil) != (other.fingerprint == nil) { return one.fingerprint != nil }
    guard let time = one.lastSuccess else { return false }
    return other.lastSuccess.map { $0 < time } ?? true
  }
}
