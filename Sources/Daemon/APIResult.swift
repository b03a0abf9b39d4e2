internal import Core

/// What came of a request, by class.
enum APIResult: String, CaseIterable {
  case succeeded
  case notSent = "not_sent"
  case refused
  case rateLimited = "rate_limited"
  case unknown

  /// The class of an answer.
  init<Value>(_ result: Result<Value, APIFailure>) {
    switch result {
    case .success: self = .succeeded
    case .failure(let failure):
      switch failure.effect {
      case .notSent: self = .notSent
      case .refused: self = .refused
      case .rateLimited: self = .rateLimited
      case .unknown: self = .unknown
      }
    }
  }
}
