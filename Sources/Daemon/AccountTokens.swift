internal import CloudflareAPI
internal import Core
internal import Platform

/// The list of all tokens of an account.
@RotationActor enum AccountTokens {
  /// The most that the API lists at once.
  private static let perPage = 50
  /// The most pages: many times the tokens that an account may have.
  private static let mostPages = 200
  /// How often the list is begun anew where tokens came or went meanwhile.
  private static let tries = 3

  /// All tokens of `account`, in the order of the API, each once.
  static func list(
    _ account: String, _ client: CloudflareClient, _ credential: Secret
  ) async -> Result<[TokenDetails], APIFailure> {
    for _ in 0..<tries {
      switch await pages(account, client, credential) {
      case .failure(let failure): return .failure(failure)
      case .success(let tokens?): return .success(tokens)
      case .success(nil): continue
      }
    }
    return .failure(
      APIFailure(.unknown, "its list has fewer tokens than the API counts, however often it is asked for"))
  }

  /// Nil where the list has fewer tokens than the last page says there are.
  private static func pages(
    _ account: String, _ client: CloudflareClient, _ credential: Secret
  ) async -> Result<[TokenDetails]?, APIFailure> {
    var tokens: [TokenDetails] = []
    var known: Set<String> = []
    var total: Int?
    for page in 1...mostPages {
      switch await client.tokens(account: account, page: page, perPage: perPage, credential: credential)
        .result
      {
      case .failure(let failure): return .failure(failure)
      case .success(let answer):
        for token in answer.tokens where known.insert(token.id).inserted { tokens.append(token) }
        total = answer.totalCount
        let isLast = total.map { page * perPage >= $0 } ?? (answer.tokens.count < perPage)
        guard !isLast, !answer.tokens.isEmpty else {
          return .success(tokens.count < total ?? 0 ? nil : tokens)
        }
      }
    }
    return .success(nil)
  }
}
