/// Which call a method and a path ask for.
enum Route: Sendable {
  case call(Call, account: String, token: String?)
  /// The path exists, but only with other methods.
  case otherMethods([String])
  /// `/user/tokens/verify`, which knows no account's token.
  case userVerify
  case unknown

  /// The beginning of every path of the API.
  static let base = "/client/v4"

  init(method: String, path: String) {
    let prefix = Self.base + "/"
    guard path.hasPrefix(prefix) else {
      self = .unknown
      return
    }
    let parts = path.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false).map(
      String.init)
    if parts == ["user", "tokens", "verify"] {
      self = method == "GET" ? .userVerify : .otherMethods(["GET"])
      return
    }
    guard 3...5 ~= parts.count, parts[0] == "accounts", parts[2] == "tokens", parts[1].utf8.count == 32 else {
      self = .unknown
      return
    }
    let token = parts.count > 3 ? parts[3] : nil
    let calls: [String: Call]
    switch (parts.count, token) {
    case (3, _): calls = ["GET": .list, "POST": .create]
    case (4, "verify"): calls = ["GET": .verify]
    case (4, "permission_groups"): calls = ["GET": .permissionGroups]
    case (4, _): calls = ["GET": .get, "PUT": .update, "DELETE": .delete]
    case (_, _) where parts[4] == "value": calls = ["PUT": .roll]
    default: calls = [:]
    }
    if calls.isEmpty {
      self = .unknown
    } else if let call = calls[method] {
      let isToken = [.get, .update, .delete, .roll].contains(call)
      guard !isToken || 1...32 ~= token?.utf8.count ?? 0 else {
        self = .unknown
        return
      }
      self = .call(call, account: parts[1], token: isToken ? token : nil)
    } else {
      self = .otherMethods(calls.keys.sorted())
    }
  }
}
