import JSON

/// The requests to the API, the newest of them in full.
struct History: Sendable {
  /// One request.
  struct Record: Sendable {
    let number: Int
    let at: Instant
    let method: String
    let path: String
    let call: Call?
    let account: String?
    /// The token that the call is about; of a verification the one that is verified.
    let token: String?
    /// The identifier of the token whose secret was presented, where the API knows it.
    let bearer: String?
    let ray: String
    var fault: Int?
    /// The status that was sent; nil where none was, or none yet.
    var status: Int?
    /// True once what was to be sent has been sent, or the connection has been ended.
    var isAnswered = false
    /// When the call took effect after its answer.
    var lateAt: Instant?
  }

  /// What is asked of the history: which requests count.
  struct Filter: Sendable, Hashable {
    var call: Call?
    var token: String?

    fileprivate func matches(_ record: Record) -> Bool {
      (call == nil || record.call == call) && (token == nil || record.token == token)
    }
  }

  /// How many records are kept at least.
  static let capacity = 50_000

  private var records: [Record] = []
  private var firstNumber = 1
  private var totals: [Filter: Totals] = [:]

  /// How many requests there were since the start, and how many of them are answered.
  struct Totals: Sendable {
    var received = 0
    var answered = 0
  }

  /// Notes a request that has arrived; the answer is its number.
  mutating func begin(
    _ request: Request, _ call: Call?, account: String?, token: String?, bearer: String?, at now: Instant
  ) -> Int {
    if records.count >= Self.capacity * 2 {
      records.removeFirst(Self.capacity)
      firstNumber += Self.capacity
    }
    let number = firstNumber + records.count
    records.append(
      Record(
        number: number, at: now, method: request.method, path: request.path, call: call, account: account,
        token: token, bearer: bearer, ray: request.ray))
    count(call, token) { $0.received += 1 }
    return number
  }

  /// Counts a request for every filter that it matches.
  private mutating func count(_ call: Call?, _ token: String?, _ add: (inout Totals) -> Void) {
    add(&totals[Filter(), default: Totals()])
    if call != nil { add(&totals[Filter(call: call), default: Totals()]) }
    if token != nil { add(&totals[Filter(token: token), default: Totals()]) }
    if call != nil, token != nil { add(&totals[Filter(call: call, token: token), default: Totals()]) }
  }

  mutating func change(_ number: Int, _ change: (inout Record) -> Void) {
    guard number >= firstNumber else { return }
    change(&records[number - firstNumber])
  }

  mutating func end(_ number: Int, status: Int?) {
    change(number) { record in
      record.status = status
      record.isAnswered = true
    }
    guard number >= firstNumber else { return }
    let record = records[number - firstNumber]
    count(record.call, record.token) { $0.answered += 1 }
  }

  func totals(_ filter: Filter) -> Totals { totals[filter] ?? Totals() }

  /// The newest requests about each token, at most `last` for each.
  func byToken(last: Int) -> [String: [Record]] {
    var result: [String: [Record]] = [:]
    for record in records.reversed() {
      guard let token = record.token, result[token]?.count ?? 0 < last else { continue }
      result[token, default: []].append(record)
    }
    return result.mapValues { $0.reversed() }
  }

  func write(_ filter: Filter, last: Int, to writer: inout JSONWriter) {
    writer.beginArray()
    for record in records.filter({ filter.matches($0) }).suffix(last) { record.write(to: &writer) }
    writer.endArray()
  }
}

extension History.Record {
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("number", number)
    writer.member("at", at.description)
    writer.member("method", method)
    writer.member("path", path)
    writer.member("call", optional: call?.rawValue)
    writer.member("account", optional: account)
    writer.member("token", optional: token)
    writer.member("bearer", optional: bearer)
    writer.key("status")
    if let status { writer.value(status) } else { writer.null() }
    writer.member("answered", isAnswered)
    if let fault { writer.member("fault", fault) }
    writer.member("late_at", optional: lateAt)
    writer.member("cf_ray", ray)
    writer.endObject()
  }
}
