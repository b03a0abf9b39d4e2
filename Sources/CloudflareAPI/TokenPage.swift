/// One page of the tokens of an account.
public struct TokenPage: Sendable, Equatable {
  /// The tokens of this page.
  public var tokens: [TokenDetails]
  /// The number of this page, counted from 1.
  public var page: Int
  /// The number of tokens of all pages, where the answer says it.
  public var totalCount: Int?

  /// A page of these parts.
  public init(tokens: [TokenDetails], page: Int, totalCount: Int? = nil) {
    self.tokens = tokens
    self.page = page
    self.totalCount = totalCount
  }
}
