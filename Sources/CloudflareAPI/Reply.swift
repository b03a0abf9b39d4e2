internal import Core

/// All that is known of a request once it is over, before anything is concluded from it.
struct Reply: Sendable {
  /// How the transfer ended.
  enum Ending: Equatable, Sendable {
    /// The answer arrived whole.
    case complete
    /// A time limit passed.
    case timedOut
    /// The answer grew past `AnswerBuffer.limit`.
    case tooLarge
    /// libcurl would have sent the request a second time.
    case repeatPrevented
    /// The client was shut down.
    case shutDown
    /// Anything else, in libcurl's words.
    case failed(String)
  }

  /// How the transfer ended.
  var ending: Ending
  /// True where a byte of the request was written to the connection.
  var wasSent: Bool
  /// The status line and header fields.
  var head: AnswerHead
  /// The body, as much of it as came.
  var body: AnswerBuffer
  /// From the call until the first byte of the request was written.
  var sentAfter: TimeSpan?
  /// From the call until the end.
  var duration: TimeSpan
}
