internal import JSON

/// The object in which the API wraps every answer.
struct Envelope {
  /// What the first element of `errors` says.
  struct Complaint: Equatable {
    var code: Int?
    var message: String?
  }

  /// `success`.
  let success: Bool
  /// `result`; nil where it is absent.
  let result: JSONNode?
  /// `result_info`; nil where it is absent.
  let resultInfo: JSONNode?
  /// The first of `errors`.
  let complaint: Complaint?

  /// Reads `text`; nil where it is no JSON, no object, has a member of its own twice, or has no `success`.
  init?(_ text: UnsafeRawBufferPointer) {
    // A key that is there twice deep inside must not cost a secret; at the top it leaves open what was meant.
    let limits = JSONLimits(maxBytes: AnswerBuffer.limit, duplicateKeys: .keep)
    guard let root = try? JSONDocument(parsing: text, limits: limits).root, root.repeatedMembers.isEmpty,
      let success = root[EnvelopeMember.success]?.boolean
    else { return nil }
    self.success = success
    result = root["result"]
    resultInfo = root["result_info"]
    complaint = root[EnvelopeMember.errors]?.elements.first { $0.kind == .object }.map { error in
      Complaint(
        code: error[ErrorMember.code]?.integer.flatMap { Int(exactly: $0) },
        message: error[ErrorMember.message]?.string)
    }
  }
}
