public import Core

/// What came of one request: a value or a failure, and in either case how the request went.
public struct Answer<Value: Sendable>: Sendable {
  /// The value of the answer, or why there is none.
  public var result: Result<Value, APIFailure>
  /// How the request went.
  public var trace: RequestTrace

  /// An answer of these parts.
  public init(_ result: Result<Value, APIFailure>, trace: RequestTrace = RequestTrace()) {
    self.result = result
    self.trace = trace
  }
}
