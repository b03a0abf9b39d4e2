import JSON

/// The API itself: what each call answers and changes. It knows nothing of sockets.
struct API: Sendable {
  var directory: Directory
  var limiter: RateLimiter
  /// Counts the changes that a state file has to hold.
  private(set) var changes = 0

  /// How many tokens an account may have, as Cloudflare documents it.
  static let quota = 500

  init(directory: Directory, limiter: RateLimiter) {
    self.directory = directory
    self.limiter = limiter
  }

  mutating func answer(_ request: Request, _ route: Route, at now: Instant) -> Answer {
    let bearer = Bearer(header: request.authorization)
    guard let verdict = limiter.count(credential(of: bearer), at: now) else {
      return answer(request, route, bearer, at: now)
    }
    guard verdict.isAllowed else {
      return .failure(
        429, .init(code: 10429, text: "Rate limited. Please wait and consider throttling your request speed"),
        headers: verdict.headers)
    }
    var answer = answer(request, route, bearer, at: now)
    answer.headers += verdict.headers
    return answer
  }

  /// What calls are counted by: the token that authenticates them.
  private func credential(of bearer: Bearer) -> String {
    guard case .secret(let secret) = bearer else { return "" }
    return directory.place(ofSecret: secret)?.token ?? secret
  }

  private mutating func answer(_ request: Request, _ route: Route, _ bearer: Bearer, at now: Instant)
    -> Answer
  {
    let secret: String
    switch bearer {
    case .missing:
      return .failure(
        400, .init(code: 9106, text: "Missing X-Auth-Key, X-Auth-Email or Authorization headers"))
    case .malformed:
      return .failure(
        400,
        .init(
          code: 6003, text: "Invalid request headers",
          chain: [.init(code: 6111, text: "Invalid format for Authorization header")]))
    case .secret(let given):
      secret = given
    }
    switch route {
    case .unknown:
      return .failure(
        404,
        .init(
          code: 7003, text: "Could not route to \(request.path), perhaps your object identifier is invalid?"),
        .init(code: 7000, text: "No route for that URI"))
    case .otherMethods(let methods):
      return .failure(
        405, .init(code: 10405, text: "Method not allowed for this authentication scheme"),
        headers: [("Allow", methods.joined(separator: ", "))])
    case .userVerify:
      return .failure(401, .init(code: 1000, text: "Invalid API Token"))
    case .call(.verify, let account, _):
      return verify(secret, account, request, at: now)
    case .call(let call, let account, let token):
      if let refusal = refusal(of: secret, for: call, account, request, at: now) { return refusal }
      return perform(call, account, token, request, at: now)
    }
  }
}

// MARK: - Authorisation

extension API {
  /// Why the bearer of `secret` may not make the call; nil where it may, and then the use is noted.
  private mutating func refusal(
    of secret: String, for call: Call, _ account: String, _ request: Request, at now: Instant
  ) -> Answer? {
    guard let place = directory.place(ofSecret: secret), let token = directory[place] else {
      return .failure(401, .init(code: 10000, text: "Authentication error"))
    }
    guard token.isInForce(at: now) else {
      return .failure(403, .init(code: 9109, text: "Invalid access token"))
    }
    if let refusal = locationRefusal(of: token, request) { return refusal }
    let isAllowed =
      token.isAllowed(PermissionGroup.tokensWrite)
      || call.isReading && token.isAllowed(PermissionGroup.tokensRead)
    guard place.account == account, isAllowed else {
      return .failure(403, .init(code: 9109, text: "Unauthorized to access requested resource"))
    }
    directory.update(place) { $0.lastUsedOn = now }
    return nil
  }

  private func locationRefusal(of token: Token, _ request: Request) -> Answer? {
    guard let condition = token.body.condition, let peer = request.peer, !condition.allows(peer) else {
      return nil
    }
    return .failure(403, .init(code: 9109, text: "Cannot use the access token from location: \(peer)"))
  }

  private mutating func verify(_ secret: String, _ account: String, _ request: Request, at now: Instant)
    -> Answer
  {
    guard let place = directory.place(ofSecret: secret), place.account == account,
      let token = directory[place]
    else {
      return .failure(401, .init(code: 1000, text: "Invalid API Token"))
    }
    if let refusal = locationRefusal(of: token, request) { return refusal }
    directory.update(place) { $0.lastUsedOn = now }
    let status = token.status(at: now)
    let messages =
      status == .active ? [Answer.Message(code: 10000, text: "This API Token is valid and active")] : []
    return .success(messages: messages) { writer in
      writer.beginObject()
      writer.member("id", token.id)
      writer.member("status", status.rawValue)
      writer.member("expires_on", optional: token.body.expiresOn)
      writer.member("not_before", optional: token.body.notBefore)
      writer.endObject()
    }
  }
}

// MARK: - Calls

extension API {
  private mutating func perform(
    _ call: Call, _ account: String, _ token: String?, _ request: Request, at now: Instant
  ) -> Answer {
    do {
      switch call {
      case .list: return list(account, request.query, at: now)
      case .permissionGroups: return permissionGroups(request.query)
      case .create: return try create(in: account, request.body, at: now)
      case .verify, .get, .update, .delete, .roll: break
      }
      let place = Directory.Place(account: account, token: token ?? "")
      guard let found = directory[place] else {
        return .failure(404, .init(code: 1003, text: "API token not found"))
      }
      switch call {
      case .update: return try update(place, request.body, at: now)
      case .delete: return delete(place)
      case .roll: return try roll(place, request.body, at: now)
      case .get, .list, .create, .verify, .permissionGroups:
        return .success { found.write(.none, at: now, to: &$0) }
      }
    } catch {
      return .failure(400, error)
    }
  }

  private mutating func roll(_ place: Directory.Place, _ body: [UInt8], at now: Instant) throws(Answer
    .Message) -> Answer
  {
    // The API's description demands a body, its own SDK sends none: both are taken.
    if !body.isEmpty { _ = try Self.fields(body) }
    let secret = directory.roll(place, at: now)
    changes += 1
    return .success { $0.value(secret) }
  }

  private mutating func create(in account: String, _ body: [UInt8], at now: Instant) throws(Answer.Message)
    -> Answer
  {
    guard directory.accounts[account]?.order.count ?? 0 < Self.quota else {
      throw Answer.Message(code: 1005, text: "The account has \(Self.quota) tokens, the most it may have")
    }
    let fields = try Self.fields(body)
    let parsed = try Self.checked { () throws(FieldError) in try Token.Body(fields) }
    let token = Token(
      id: Randomness.identifier(), body: parsed, secret: Randomness.secret(), issuedOn: now, modifiedOn: now)
    directory.add(token, to: account)
    changes += 1
    return .success { token.write(.value, at: now, to: &$0) }
  }

  private mutating func update(_ place: Directory.Place, _ body: [UInt8], at now: Instant) throws(Answer
    .Message) -> Answer
  {
    let fields = try Self.fields(body)
    let (parsed, isDisabled) = try Self.checked { () throws(FieldError) in
      (try Token.Body(fields), try Token.isDisabled(fields))
    }
    directory.update(place) { token in
      token.body = parsed
      token.isDisabled = isDisabled ?? token.isDisabled
      token.modifiedOn = now
    }
    changes += 1
    return .success { writer in
      if let token = directory[place] { token.write(.none, at: now, to: &writer) } else { writer.null() }
    }
  }

  private mutating func delete(_ place: Directory.Place) -> Answer {
    directory.remove(place)
    changes += 1
    return .success { writer in
      writer.beginObject()
      writer.member("id", place.token)
      writer.endObject()
    }
  }

  private func list(_ account: String, _ query: [String: String], at now: Instant) -> Answer {
    let page = max(1, query["page"].flatMap { Int($0) } ?? 1)
    let perPage = min(50, max(5, query["per_page"].flatMap { Int($0) } ?? 20))
    let includesExpired = query["include_expired"] == "true"
    var tokens = (directory.accounts[account].map { Array($0.tokens) } ?? [])
      .filter { includesExpired || $0.status(at: now) != .expired }
    if query["direction"] == "desc" { tokens.reverse() }
    let (start, overflow) = (page - 1).multipliedReportingOverflow(by: perPage)
    let shown = overflow ? [] : Array(tokens.dropFirst(start).prefix(perPage))
    return .success { writer in
      writer.member("page", page)
      writer.member("per_page", perPage)
      writer.member("count", shown.count)
      writer.member("total_count", tokens.count)
      writer.member("total_pages", (tokens.count + perPage - 1) / perPage)
    } result: { writer in
      writer.beginArray()
      for token in shown { token.write(.none, at: now, to: &writer) }
      writer.endArray()
    }
  }

  private func permissionGroups(_ query: [String: String]) -> Answer {
    let shown = PermissionGroup.catalogue.filter { group in
      query["name"].map { $0 == group.name } ?? true && query["scope"].map { $0 == group.scope } ?? true
    }
    return .success { writer in
      writer.beginArray()
      for group in shown {
        writer.beginObject()
        writer.member("id", group.id)
        writer.member("name", group.name)
        writer.member("category", group.category)
        writer.member("scopes", [group.scope])
        writer.endObject()
      }
      writer.endArray()
    }
  }
}

// MARK: - Bodies

extension API {
  private static func fields(_ body: [UInt8]) throws(Answer.Message) -> Fields {
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: body)
    } catch {
      throw Answer.Message(code: 6007, text: "Malformed JSON in request body: \(error)")
    }
    return try checked { () throws(FieldError) in try Fields(document.root, at: "") }
  }

  private static func checked<Value>(_ read: () throws(FieldError) -> Value) throws(Answer.Message) -> Value {
    do {
      return try read()
    } catch {
      throw Answer.Message(code: 1001, text: error.sentence, pointer: error.pointer)
    }
  }
}

extension Answer.Message: Error {}

// MARK: - Administration

extension API {
  /// What the administration changes of a token, from outside the API.
  struct Change: Sendable {
    var isDisabled: Bool?
    /// Nil leaves it, an empty option removes it.
    var expiresOn: Instant??
    var secret: String?
  }

  /// Changes the token; says no where the secret is another token's.
  mutating func apply(_ change: Change, to place: Directory.Place) -> Bool {
    if let secret = change.secret {
      if let owner = directory.place(ofSecret: secret), owner != place { return false }
      directory.setSecret(secret, of: place)
    }
    directory.update(place) { token in
      token.isDisabled = change.isDisabled ?? token.isDisabled
      if let end = change.expiresOn { token.body.expiresOn = end }
    }
    changes += 1
    return true
  }
}
