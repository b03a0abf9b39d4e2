internal import Core
internal import JSON

/// The tokens of an entry as they are written: `token_id` or `token_ids`.
struct TokenFields {
  var single = Field<String>.absent
  var pair = Field<[Field<String>]>.absent
}

extension ConfigurationDecoder {
  /// The two tokens of an alternating pair.
  func tokenIDs(_ node: JSONNode) -> Field<[Field<String>]> {
    guard node.kind == .array else { return refuse(node, insteadOf: "an array of two tokens' ids") }
    let ids = node.elements.map { tokenID($0) }
    guard ids.count == 2 else {
      return refuse(
        node,
        "has \(ids.count) \(ids.count == 1 ? "id" : "ids"); a pair has exactly two, and a single token is \"token_id\""
      )
    }
    if case (.given(let first, _), .given(let second, let offset)) = (ids[0], ids[1]), first == second {
      log.add("a pair is of two different tokens", at: offset)
      return .refused
    }
    return .given(ids, offset: node.offset)
  }

  /// The token or the pair that `fields` name; each token is of one entry alone.
  func tokens(_ fields: TokenFields, of account: Field<String>, index: Int, at node: JSONNode)
    -> (id: String, twin: String?)?
  {
    switch (fields.single, fields.pair) {
    case (.absent, .absent):
      report("\"token_id\" is missing", at: node)
      return nil
    case (let single, .absent):
      refuseSecondEntry(of: account, single, index: index)
      return single.value.map { ($0, nil) }
    case (.absent, let pair):
      guard let ids = pair.value else { return nil }
      for id in ids { refuseSecondEntry(of: account, id, index: index) }
      guard let first = ids.first?.value, let second = ids.last?.value else { return nil }
      return (first, second)
    default:
      report(
        "has both \"token_id\" and \"token_ids\"; a single token has the one, a pair the other", at: node)
      return nil
    }
  }
}
