internal import Configuration
internal import Core
internal import Platform

// MARK: - What an operator is told about an attempt that came to nothing

extension RollRunner {
  /// Notes what is in the way, and what to do about it.
  func notReady(_ error: SystemError, cure: String? = nil) -> RollEvent {
    let obstacle = Obstacle(error, cure: cure ?? Cure.publication(of: entry, error, services.configuration))
    services.readiness.note(obstacle, of: entry.name)
    (advice, isUnready) = (obstacle.cure, true)
    return .notReady(error.description, errno: error.code == 0 ? nil : error.code)
  }

  /// Says of a refusal by the API which credential it was asked with, and keeps what to do about it.
  func explained(_ failure: APIFailure) -> APIFailure {
    advice = Cure.api(failure, credential: entry.credential)
    isUnready = failure.refusesCredential
    guard failure.effect == .refused, let status = failure.httpStatus, status == 401 || status == 403 else {
      return failure
    }
    var explained = failure
    let place = services.succession.standing[entry.credential].map { " in \($0.path)" } ?? ""
    explained.reason +=
      status == 401
      ? "; the credential \"\(entry.credential)\"\(place) is not in force"
      : "; it was asked with the credential \"\(entry.credential)\"\(place)"
    return explained
  }
}
