internal import JSON

extension TokenPage {
  /// The page in `envelope`, which was asked for as `page`; nil where its result is no array, or of anything but tokens.
  init?(_ envelope: Envelope, page: Int) {
    guard let list = envelope.result, list.kind == .array else { return nil }
    var tokens: [TokenDetails] = []
    for element in list.elements {
      // A list with a hole in it must not pass for the whole list.
      guard let token = TokenDetails(element) else { return nil }
      tokens.append(token)
    }
    self.init(
      tokens: tokens, page: envelope.resultInfo?.count(.page) ?? page,
      totalCount: envelope.resultInfo?.count(.totalCount))
  }
}

extension JSONNode {
  /// The whole number in `member`; the API's description calls it a number, so `1.0` counts.
  fileprivate func count(_ member: ResultInfoMember) -> Int? {
    self[member]?.double.flatMap { Int(exactly: $0) }
  }
}
