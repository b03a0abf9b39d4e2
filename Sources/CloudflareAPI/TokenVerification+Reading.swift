internal import Core
internal import JSON

extension TokenVerification {
  /// The verification in `node`; nil where it lacks `id` or `status`, which the API promises.
  init?(_ node: JSONNode) {
    guard let id = node[VerificationMember.id]?.string, let status = node[VerificationMember.status]?.string
    else {
      return nil
    }
    self.init(
      id: printable(id), status: TokenStatus(printable(status)),
      expiresOn: node[VerificationMember.expiresOn]?.timestamp,
      notBefore: node[VerificationMember.notBefore]?.timestamp)
  }
}

extension JSONNode {
  /// The instant that the string names (RFC 3339); nil where it names none.
  var timestamp: Timestamp? { string.flatMap { try? Timestamp(rfc3339: $0) } }
}
