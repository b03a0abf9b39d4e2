internal import JSON

extension ConfigurationDecoder {
  /// A credential of which only the file is bad is known nevertheless, so that its entries raise no further problem.
  func credentialSources(_ node: JSONNode) -> Field<[String: CredentialSource]> {
    var sources: [String: CredentialSource] = [:]
    let isObject = forEachMember(of: node) { member in
      let name = member.key
      if let refusal = Self.nameRefusal(name) { log.add("this \(refusal)", at: member.keyOffset) }
      let file = credentialFile(member.value)
      if let path = file.value, path.utf8.first == UInt8(ascii: "/") {
        reservedFiles[path] = "the file of credential \(quotation(name))"
      }
      if let file = file.value { credentialFiles[name] = file }
      sources[name] = CredentialSource(file: file.value ?? "")
    }
    return isObject ? .given(sources, offset: node.offset) : .refused
  }

  private func credentialFile(_ node: JSONNode) -> Field<String> {
    var file = Field<String>.absent
    let isObject = members(of: node, ConfigurationKey.Credential.self) { key, value in
      switch key {
      case .file: file = string(value, refusal: Self.credentialFileRefusal)
      }
    }
    if isObject, file.isAbsent { report("\"file\" is missing", at: node) }
    return file
  }

  private static func credentialFileRefusal(_ file: String) -> String? {
    guard !file.utf8.contains(UInt8(ascii: "/")) else { return AbsolutePath.refusal(of: file) }
    let isName =
      !file.isEmpty && file.utf8.count <= AbsolutePath.mostComponentBytes && file != "." && file != ".."
      && file.utf8.allSatisfy { 0x21..<0x7F ~= $0 }
    return isName ? nil : "is neither an absolute path nor the name of a credential of the unit"
  }
}
