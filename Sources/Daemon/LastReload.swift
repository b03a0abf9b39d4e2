internal import Core

/// What became of the configuration when it was read last.
struct LastReload {
  /// Whether it is in use.
  var isAccepted: Bool
  var time: Timestamp
}
