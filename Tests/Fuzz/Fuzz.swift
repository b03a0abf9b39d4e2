import Configuration
import Core
import Glibc
import JSON
import Platform

@testable import CloudflareAPI

/// Reads one input. `FUZZ` chooses the reader: json, configuration, envelope, template, retry-after or span.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  switch target {
  case "json": fuzzJSON(bytes)
  case "configuration": fuzzConfiguration(bytes)
  case "template": fuzzTemplate(bytes)
  case "envelope": fuzzEnvelope(bytes)
  case "retry-after": fuzzRetryAfter(bytes)
  case "span": fuzzSpan(bytes)
  default:
    preconditionFailure("FUZZ names none of json, configuration, template, envelope, retry-after, span")
  }
  return 0
}

private let target = getenv("FUZZ").map { String(cString: $0) } ?? ""

/// What is read is written the same way again.
private func fuzzJSON(_ bytes: UnsafeRawBufferPointer) {
  guard let document = try? JSONDocument(parsing: bytes) else { return }
  var writer = JSONWriter()
  write(document.root, &writer)
  let again = writer.withBytes { try? JSONDocument(parsing: $0) }
  var second = JSONWriter()
  guard let again else { preconditionFailure("what was written cannot be read") }
  write(again.root, &second)
  precondition(writer.bytes == second.bytes, "what was written reads differently")
}

private func write(_ node: JSONNode, _ writer: inout JSONWriter) {
  switch node.kind {
  case .object:
    writer.beginObject()
    for member in node.members {
      writer.key(member.key)
      write(member.value, &writer)
    }
    writer.endObject()
  case .array:
    writer.beginArray()
    for element in node.elements { write(element, &writer) }
    writer.endArray()
  case .string: writer.value(node.string ?? "")
  case .number: if let integer = node.integer { writer.value(integer) } else { writer.null() }
  case .boolean: writer.value(node.boolean ?? false)
  case .null: writer.null()
  }
}

/// A refusal has problems, each with a place in the text.
private func fuzzConfiguration(_ bytes: UnsafeRawBufferPointer) {
  do {
    let configuration = try Configuration.decode(
      bytes, file: "f", context: DecodingContext(zoneExists: { $0 == "Europe/Berlin" }))
    precondition(!configuration.tokens.isEmpty)
  } catch {
    precondition(!error.problems.isEmpty, "refused without a reason")
    precondition(error.problems.allSatisfy { $0.position.line > 0 && $0.position.column > 0 })
  }
}

/// A refusal has problems, each with a place in the text; what is accepted has a secret in it.
private func fuzzTemplate(_ bytes: UnsafeRawBufferPointer) {
  do {
    let template = try Template.parse(bytes, file: "f")
    precondition(!template.pieces.isEmpty)
  } catch {
    precondition(!error.problems.isEmpty, "refused without a reason")
    precondition(error.problems.allSatisfy { $0.position.line > 0 && $0.position.column > 0 })
  }
}

/// Whatever the answer, the bearer is in no message, and a success has a secret.
private func fuzzEnvelope(_ bytes: UnsafeRawBufferPointer) {
  var head = AnswerHead()
  let status = [200, 201, 400, 401, 403, 404, 429, 500, 520][Int(bytes.first ?? 0) % 9]
  for line in ["HTTP/1.1 \(status) X\r\n", "Retry-After: 5\r\n", "\r\n"] {
    Array(line.utf8).withUnsafeBytes { head.append(line: $0) }
  }
  let body = AnswerBuffer()
  _ = body.append(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
  let reply = Reply(
    ending: .complete, wasSent: true, head: head, body: body, sentAfter: .zero, duration: .zero)
  let bearer = "cfat_0123456789bearer"
  let secret = Array(bearer.utf8).withUnsafeBytes { Secret(copying: $0) }
  let verdict = Verdict(reply: reply, bearer: secret, host: "h", now: Timestamp(seconds: 0))
  switch verdict.result({ $0.result.flatMap { RolledSecret($0) } }) {
  case .success(let rolled):
    precondition(rolled.secret.count > 0 && status < 300)
  case .failure(let failure):
    precondition(!failure.reason.utf8.contains { $0 < 0x20 }, "a control character in a reason")
    precondition(failure.effect != .notSent)
  }
}

private func fuzzRetryAfter(_ bytes: UnsafeRawBufferPointer) {
  let text = String(decoding: bytes, as: UTF8.self)
  guard let wait = retryAfter(text, now: Timestamp(seconds: 1_767_225_600)) else { return }
  precondition(wait >= .zero && wait <= .days(1), "out of range")
}

/// What is accepted prints to something that means the same.
private func fuzzSpan(_ bytes: UnsafeRawBufferPointer) {
  let text = String(decoding: bytes, as: UTF8.self)
  if let span = try? TimeSpan(parsing: text) {
    precondition((try? TimeSpan(parsing: span.description)) == span, "printed differently")
  }
  if let expression = try? CalendarExpression(parsing: text) {
    precondition(
      (try? CalendarExpression(parsing: expression.description)) == expression, "printed differently")
    _ = expression.next(after: Timestamp(seconds: 1_767_225_600), in: .utc)
  }
}
