internal import JSON

/// What an entry says of a credential of the service that its token is.
extension ConfigurationDecoder {
  /// The credential that the entry `index` provides, from its members `provide` and `allow_self_roll`, each where it is there.
  func provided(
    _ provide: JSONNode?, _ selfRoll: JSONNode?, credential: Field<String>, entry index: Int
  ) -> Field<String> {
    let allowed = selfRoll.map(boolean) ?? .absent
    let provided = provide.map { self.provided($0, entry: index) } ?? .absent
    if allowed.isRefused { return .refused }
    guard !provided.isRefused, !credential.isRefused else { return provided }
    let isSelfRoll = provided.value != nil && provided.value == credential.value
    if let provide, isSelfRoll, allowed.value != true {
      return refuse(
        provide,
        "the entry is rolled with the credential that it provides: where the answer to such a roll is lost, the service has "
          + "no credential left to cure it with; have another credential roll it, or accept that with "
          + "\"allow_self_roll\": true")
    }
    if let selfRoll, !isSelfRoll, allowed.value == true {
      return refuse(
        selfRoll, "this is for an entry whose \"credential\" and \"provide\" are the same; leave it out")
    }
    return provided
  }

  private func provided(_ node: JSONNode, entry index: Int) -> Field<String> {
    guard case .given(let name, let offset) = credential(node) else { return .refused }
    if let other = provided[name] {
      return refuse(node, "\(quotation(name)) is provided by tokens[\(other)] already")
    }
    provided[name] = index
    // Each would have to be given the new secret, and none of them used meanwhile.
    if let file = credentialFiles[name],
      let twin = credentialFiles.keys.sorted().first(where: { $0 != name && credentialFiles[$0] == file })
    {
      return refuse(
        node, "the credential \(quotation(twin)) has the same file; name one of the two in all entries")
    }
    return .given(name, offset: offset)
  }
}
