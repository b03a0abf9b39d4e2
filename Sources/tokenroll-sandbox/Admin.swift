import Dispatch
import JSON

/// The sandbox's administration, at `/admin`: what tests and scripts see and set past the API.
struct Admin: Sendable {
  /// Why a request is refused.
  private struct Refusal: Error {
    let status: Int
    let text: String
    var headers: [(name: String, value: String)] = []
  }

  /// How many requests of a token are shown with it, and how many `/admin/requests` shows unless told.
  private static let shown = (perToken: 100, requests: 1000)

  let service: Service

  func handle(_ request: Request, _ exchange: Exchange) -> Service.Disposition {
    guard request.peer?.isLoopback == true else {
      return .now(Self.failure(403, "the administration shows secrets and answers only to this machine"))
    }
    do throws(Refusal) {
      let parts = request.path.split(separator: "/").dropFirst().map(String.init)
      switch (parts.first, parts.count) {
      case ("tokens", 1): return .now(try tokens(request))
      case ("tokens", 2): return .now(try token(parts[1], request))
      case ("faults", 1): return .now(try faults(request))
      case ("faults", 2): return .now(try fault(parts[1], request))
      case ("requests", 1): return .now(try requests(request))
      case ("wait", 1): return try wait(request, exchange)
      default:
        throw Refusal(
          status: 404, text: "there is no \(request.path); there are /admin/tokens, faults, requests and wait"
        )
      }
    } catch {
      return .now(Self.failure(error.status, error.text, headers: error.headers))
    }
  }

  private static func failure(
    _ status: Int, _ text: String, headers: [(name: String, value: String)] = []
  ) -> Answer {
    Answer(status: status, headers: headers, body: JSONWriter.object { $0.member("error", text) })
  }

  private static func success(_ members: (inout JSONWriter) -> Void) -> Answer {
    Answer(status: 200, body: JSONWriter.object(.compact, members))
  }

  private func allow(_ methods: String..., for request: Request) throws(Refusal) {
    guard methods.contains(request.method) else {
      let list = methods.joined(separator: ", ")
      throw Refusal(status: 405, text: "\(request.path) takes \(list)", headers: [("Allow", list)])
    }
  }

  private func document(of request: Request) throws(Refusal) -> JSONNode {
    do {
      return try JSONDocument(parsing: request.body).root
    } catch {
      throw Refusal(status: 400, text: "the body is not JSON: \(error)")
    }
  }

  private func checked<Value>(_ read: () throws(FieldError) -> Value) throws(Refusal) -> Value {
    do {
      return try read()
    } catch {
      throw Refusal(status: 400, text: error.sentence)
    }
  }

  private func integer(
    _ key: String, of request: Request, _ range: ClosedRange<Int>
  ) throws(Refusal) -> Int? {
    guard let text = request.query[key] else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw Refusal(
        status: 400, text: "\(key) must be an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private func filter(of request: Request) throws(Refusal) -> History.Filter {
    var filter = History.Filter(token: request.query["token"])
    if let name = request.query["call"] {
      guard let call = Call(rawValue: name) else {
        let known = Call.allCases.map(\.rawValue).joined(separator: ", ")
        throw Refusal(status: 400, text: "call must be one of \(known)")
      }
      filter.call = call
    }
    return filter
  }

  private func refuseOthers(than known: Set<String>, in request: Request) throws(Refusal) {
    if let other = request.query.keys.filter({ !known.contains($0) }).min() {
      throw Refusal(
        status: 400,
        text: "\(other) is unknown for \(request.path); known are \(known.sorted().joined(separator: ", "))")
    }
  }
}

// MARK: - Tokens

extension Admin {
  private func tokens(_ request: Request) throws(Refusal) -> Answer {
    try allow("GET", for: request)
    return service.change { state in
      let histories = state.history.byToken(last: Self.shown.perToken)
      return Self.success { writer in
        writer.member("rolls", state.api.directory.rolls)
        writer.key("tokens")
        writer.beginArray()
        for account in state.api.directory.order {
          for token in state.api.directory.accounts[account].map({ Array($0.tokens) }) ?? [] {
            Self.write(token, of: account, histories[token.id] ?? [], to: &writer)
          }
        }
        writer.endArray()
      }
    }
  }

  private static func write(
    _ token: Token, of account: String, _ requests: [History.Record], to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.member("account_id", account)
    token.writeMembers(.all, at: .now(), to: &writer)
    writer.key("requests")
    writer.beginArray()
    for record in requests { record.write(to: &writer) }
    writer.endArray()
    writer.endObject()
  }

  private func token(_ id: String, _ request: Request) throws(Refusal) -> Answer {
    try allow("GET", "POST", for: request)
    let change = request.method == "POST" ? try self.change(of: request) : nil
    let answer = service.change { state -> Answer in
      let places = state.api.directory.places(ofToken: id)
      guard let place = places.first, places.count == 1 else {
        return Self.failure(
          places.isEmpty ? 404 : 409,
          "\(places.isEmpty ? "no" : "more than one") token has the identifier \(id)")
      }
      if let change, !state.api.apply(change, to: place) {
        return Self.failure(409, "the secret is another token's")
      }
      guard let token = state.api.directory[place] else { return Self.failure(404, "no token \(id)") }
      var writer = JSONWriter()
      let requests = state.history.byToken(last: Self.shown.perToken)[id] ?? []
      Self.write(token, of: place.account, requests, to: &writer)
      return Answer(status: 200, body: writer.bytes)
    }
    return answer
  }

  private func change(of request: Request) throws(Refusal) -> API.Change {
    let node = try document(of: request)
    return try checked { () throws(FieldError) in
      let fields = try Fields(node, at: "")
      try fields.refuseOthers(than: ["status", "expires_on", "secret"])
      var change = API.Change(secret: try fields.string("secret"))
      change.isDisabled = try Token.isDisabled(fields)
      if let status = try fields.string("status"), status == Token.Status.expired.rawValue {
        throw fields.failure(
          "status", "must be \"active\" or \"disabled\"; a past expires_on makes it expired")
      }
      if node["expires_on"] != nil { change.expiresOn = .some(try fields.instant("expires_on")) }
      if let secret = change.secret, !Bearer.isWellFormed(secret) {
        throw fields.failure(
          "secret", "must have 40 to 80 characters, each a letter, a digit, \"_\" or \"-\"")
      }
      return change
    }
  }
}

// MARK: - Faults

extension Admin {
  private func faults(_ request: Request) throws(Refusal) -> Answer {
    try allow("GET", "POST", "DELETE", for: request)
    switch request.method {
    case "GET":
      return service.change { state in
        Self.success { writer in
          writer.key("faults")
          state.faults.write(to: &writer)
        }
      }
    case "DELETE":
      service.change { $0.faults.removeAll() }
      return Self.success { $0.member("removed", "all") }
    default:
      let node = try document(of: request)
      let faults = try checked { () throws(FieldError) in
        guard node.kind == .array else { return [try FaultReader.fault(node)] }
        var faults: [Fault] = []
        for element in node.elements { faults.append(try FaultReader.fault(element)) }
        return faults
      }
      let ids = service.change { state in faults.map { state.faults.add($0) } }
      return Self.success { writer in
        writer.key("ids")
        writer.beginArray()
        for id in ids { writer.value(id) }
        writer.endArray()
      }
    }
  }

  private func fault(_ text: String, _ request: Request) throws(Refusal) -> Answer {
    try allow("DELETE", for: request)
    guard let id = Int(text), service.change({ $0.faults.remove(id) }) else {
      throw Refusal(status: 404, text: "there is no fault \(text)")
    }
    return Self.success { $0.member("removed", id) }
  }
}

// MARK: - Requests

extension Admin {
  private func requests(_ request: Request) throws(Refusal) -> Answer {
    try allow("GET", for: request)
    try refuseOthers(than: ["call", "token", "last"], in: request)
    let filter = try filter(of: request)
    let last = try integer("last", of: request, 1...History.capacity) ?? Self.shown.requests
    return service.change { state in
      let totals = state.history.totals(filter)
      return Self.success { writer in
        writer.member("received", totals.received)
        writer.member("answered", totals.answered)
        writer.key("requests")
        state.history.write(filter, last: last, to: &writer)
      }
    }
  }

  private func wait(_ request: Request, _ exchange: Exchange) throws(Refusal) -> Service.Disposition {
    try allow("GET", for: request)
    try refuseOthers(than: ["rolls", "received", "answered", "call", "token", "timeout"], in: request)
    let filter = try filter(of: request)
    let any = 0...1_000_000_000
    let conditions = [
      try integer("rolls", of: request, any).map { Wait.Condition.rolls($0, token: filter.token) },
      try integer("received", of: request, any).map { Wait.Condition.received($0, filter) },
      try integer("answered", of: request, any).map { Wait.Condition.answered($0, filter) },
    ].compactMap(\.self)
    guard conditions.count == 1, let condition = conditions.first else {
      throw Refusal(status: 400, text: "one of rolls, received and answered must say how many to wait for")
    }
    if case .rolls = condition, filter.call != nil {
      throw Refusal(status: 400, text: "call is of no use with rolls, which counts rolls that took effect")
    }
    let seconds = try integer("timeout", of: request, 0...600) ?? 30
    return .later { service.wait(condition, exchange, seconds: seconds) }
  }

  static func waited(_ progress: (count: Int, isMet: Bool)) -> Answer {
    var answer = success { writer in
      writer.member("met", progress.isMet)
      writer.member("count", progress.count)
    }
    if !progress.isMet { answer.status = 408 }
    return answer
  }
}

extension Service {
  /// Answers once the condition is met, or with status 408 after `seconds`.
  fileprivate func wait(_ condition: Wait.Condition, _ exchange: Exchange, seconds: Int) {
    // The change that adds the wait also looks whether it is met.
    let id = change { state in
      state.lastWait += 1
      state.waits.append(Wait(id: state.lastWait, condition: condition, exchange: exchange))
      return state.lastWait
    }
    queue.asyncAfter(deadline: .now() + .seconds(seconds)) {
      let progress = self.change { state -> (Int, Bool)? in
        guard let index = state.waits.firstIndex(where: { $0.id == id }) else { return nil }
        let wait = state.waits.remove(at: index)
        return Wait.progress(wait.condition, in: state)
      }
      if let progress { exchange.resolve(.answer(Admin.waited((progress.0, progress.1)))) }
    }
  }
}
