internal import Core
internal import Platform

/// What a reply says: pure, so that every behaviour of a server can be put to it.
struct Verdict {
  /// The reply.
  let reply: Reply
  /// The bearer of the request, which no message may repeat.
  let bearer: Secret
  /// The host that was asked, for messages.
  let host: String
  /// The wall clock, for a `Retry-After` that is a date.
  let now: Timestamp

  /// The value that `decode` finds in the envelope of a success, or what is known about the effect of the request.
  func result<Value>(_ decode: (Envelope) -> Value?) -> Result<Value, APIFailure> {
    guard reply.wasSent else { return .failure(APIFailure(.notSent, notSentReason)) }
    guard reply.head.isComplete, let status = reply.head.status else {
      return .failure(failure(.unknown, lossReason))
    }
    let envelope = Envelope(reply.body.bytes)
    switch status {
    case 200..<300:
      return success(envelope, status: status, decode)
    case 429:
      return .failure(failure(.rateLimited, answered(status, envelope), envelope))
    case 400..<500 where ![408, 409, 425].contains(status):
      return .failure(failure(.refused, answered(status, envelope), envelope))
    case 300..<400:
      return .failure(
        failure(.unknown, "\(host) answered \(status), a redirect, and redirects are not followed"))
    default:
      return .failure(failure(.unknown, answered(status, envelope), envelope))
    }
  }

  /// The body counts even where the connection broke after it: what it holds may be the only copy of a secret.
  private func success<Value>(_ envelope: Envelope?, status: Int, _ decode: (Envelope) -> Value?)
    -> Result<Value, APIFailure>
  {
    guard let envelope else {
      guard reply.ending == .complete else { return .failure(failure(.unknown, lossReason)) }
      return .failure(
        failure(.unknown, "\(host) answered \(status) with a body that is not the API's envelope"))
    }
    guard envelope.success else {
      return .failure(failure(.unknown, answered(status, envelope) + ", with success: false", envelope))
    }
    guard let value = decode(envelope) else {
      return .failure(failure(.unknown, "\(host) answered \(status) without the result that was asked for"))
    }
    return .success(value)
  }

  private func failure(_ effect: APIFailure.Effect, _ reason: String, _ envelope: Envelope? = nil)
    -> APIFailure
  {
    APIFailure(
      effect, reason, httpStatus: reply.head.isComplete ? reply.head.status : nil,
      apiCode: envelope?.complaint?.code, ray: reply.head.ray,
      retryAfter: reply.head.retryAfter.flatMap { retryAfter($0, now: now) })
  }

  private func answered(_ status: Int, _ envelope: Envelope?) -> String {
    let answer = "\(host) answered \(status)"
    guard let complaint = envelope?.complaint else { return answer }
    let code = complaint.code.map { " (code \($0))" } ?? ""
    let message = complaint.message.map { printable($0, without: bearer) } ?? ""
    return message.isEmpty ? answer + code : "\(answer): \(message)\(code)"
  }

  private var notSentReason: String {
    switch reply.ending {
    case .complete, .tooLarge, .repeatPrevented: "nothing was sent to \(host)"
    case .timedOut: "no connection to \(host) in time"
    case .shutDown: "the client was shut down before the request was sent"
    case .failed(let detail): "no connection to \(host): \(printable(detail, without: bearer))"
    }
  }

  private var lossReason: String {
    switch reply.ending {
    case .complete: "the answer of \(host) cannot be read"
    case .timedOut: "no whole answer of \(host) in time after the request was sent"
    case .tooLarge: "the answer of \(host) is longer than \(AnswerBuffer.limit) bytes"
    case .repeatPrevented: "the connection to \(host) broke while the request was being sent"
    case .shutDown: "the client was shut down before the answer of \(host) came"
    case .failed(let detail):
      "the answer of \(host) did not arrive whole: \(printable(detail, without: bearer))"
    }
  }
}
