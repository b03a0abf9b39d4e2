/// What is wrong with a member of a JSON text that the sandbox was given.
struct FieldError: Error, Sendable {
  /// A JSON pointer (RFC 6901) to the member.
  let pointer: String
  /// What is wrong with it, in words that follow the member's name: "must be a string".
  let problem: String

  var sentence: String { "\(pointer.isEmpty ? "the document" : pointer) \(problem)" }
}
