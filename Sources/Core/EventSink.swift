/// Where events go: the journal, standard error, or a test.
public protocol EventSink: Sendable {
  /// Records `event`; never throws and never waits long.
  func record(_ event: Event)
}
