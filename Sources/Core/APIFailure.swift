/// Why a request to the API brought no result, and what that says about its effect.
public struct APIFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is known about the effect of the request.
  public enum Effect: Sendable, Equatable {
    /// The request never left: no connection, no TLS session, or nothing of it was written.
    case notSent
    /// The API answered and said no: a 4xx other than 408, 409, 425 and 429 with an intelligible status.
    case refused
    /// The API answered 429: nothing was done, and the whole credential has to wait.
    case rateLimited
    /// The request may have been received: time-out, reset, 5xx, redirect, an answer that cannot be read.
    case unknown
  }

  /// What is known about the effect.
  public var effect: Effect
  /// A clause that names the cause, fit to follow "because" or a colon; no secret in it.
  public var reason: String
  /// The status of the answer, where one came.
  public var httpStatus: Int?
  /// The first code of the envelope's `errors`, where there is one.
  public var apiCode: Int?
  /// The `cf-ray` of the answer.
  public var ray: String?
  /// How long the API asked to wait (`Retry-After`), never negative.
  public var retryAfter: TimeSpan?

  /// A failure with the given effect and cause.
  public init(
    _ effect: Effect, _ reason: String, httpStatus: Int? = nil, apiCode: Int? = nil, ray: String? = nil,
    retryAfter: TimeSpan? = nil
  ) {
    self.effect = effect
    self.reason = reason
    self.httpStatus = httpStatus
    self.apiCode = apiCode
    self.ray = ray
    self.retryAfter = retryAfter
  }

  /// The cause.
  public var description: String { reason }
}
