public import Platform

/// The calls of the API for account-owned tokens that the service makes.
///
/// Each call is one request: nothing is repeated, no redirect followed. Each returns in bounded time, with a result or
/// with what is known about the effect of the request.
@RotationActor public protocol TokenIssuer: AnyObject {
  /// Rolls a token (`PUT /accounts/{account}/tokens/{token}/value`): the answer holds the only copy of its new secret.
  func roll(account: String, token: String, credential: Secret) async -> Answer<RolledSecret>

  /// Asks whether `secret` is in force (`GET /accounts/{account}/tokens/verify`, with `secret` as the bearer).
  ///
  /// A secret that is not in force is `APIFailure.Effect.refused`, as a rule with status 401.
  func verify(account: String, secret: Secret) async -> Answer<TokenVerification>

  /// Reads a token (`GET /accounts/{account}/tokens/{token}`).
  func token(account: String, token: String, credential: Secret) async -> Answer<TokenDetails>

  /// Reads one page of the account's tokens (`GET /accounts/{account}/tokens`), `page` counted from 1.
  func tokens(account: String, page: Int, perPage: Int, credential: Secret) async -> Answer<TokenPage>

  /// Creates a token (`POST /accounts/{account}/tokens`): the answer holds the only copy of its secret.
  func create(account: String, token: NewToken, credential: Secret) async -> Answer<CreatedToken>

  /// Deletes a token (`DELETE /accounts/{account}/tokens/{token}`).
  func delete(account: String, token: String, credential: Secret) async -> Answer<DeletedToken>
}
