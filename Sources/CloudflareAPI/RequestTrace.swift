public import Core

/// How one request went, for the journal and the history: no secret in it.
public struct RequestTrace: Sendable, Equatable {
  /// The status of the answer, where one came.
  public var httpStatus: Int?
  /// The `cf-ray` of the answer, by which Cloudflare finds the request.
  public var ray: String?
  /// What the API's clock said when it answered (`Date`), in whole seconds; nil where the answer does not say it.
  public var serverTime: Timestamp?
  /// The time from the call until the first byte of the request was handed to the kernel; nil where none was.
  public var sentAfter: TimeSpan?
  /// The time from the call until the last byte of the answer, or the failure.
  public var duration: TimeSpan
  /// What the answer said of the budget of requests, where it did.
  public var rateLimit: RateLimitStatus?

  /// A trace of these parts.
  public init(
    httpStatus: Int? = nil, ray: String? = nil, serverTime: Timestamp? = nil, sentAfter: TimeSpan? = nil,
    duration: TimeSpan = .zero, rateLimit: RateLimitStatus? = nil
  ) {
    self.httpStatus = httpStatus
    self.ray = ray
    self.serverTime = serverTime
    self.sentAfter = sentAfter
    self.duration = duration
    self.rateLimit = rateLimit
  }
}
