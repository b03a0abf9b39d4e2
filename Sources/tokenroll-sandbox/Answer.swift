import JSON

/// What is sent back: a status, headers beside those of every answer, and a body.
struct Answer: Sendable {
  var status: Int
  var headers: [(name: String, value: String)] = []
  var contentType: String? = "application/json"
  var body: [UInt8]
}

// MARK: - The envelope

extension Answer {
  /// An element of `errors` or `messages`.
  struct Message: Sendable {
    var code: Int
    var text: String
    /// What led to the error, as malformed headers have it.
    var chain: [Message] = []
    /// Where in the request's body the mistake is.
    var pointer: String?

    fileprivate func write(to writer: inout JSONWriter) {
      writer.beginObject()
      writer.member("code", code)
      writer.member("message", text)
      if !chain.isEmpty {
        writer.key("error_chain")
        Message.write(chain, to: &writer)
      }
      if let pointer {
        writer.key("source")
        writer.beginObject()
        writer.member("pointer", pointer)
        writer.endObject()
      }
      writer.endObject()
    }

    fileprivate static func write(_ messages: [Message], to writer: inout JSONWriter) {
      writer.beginArray()
      for message in messages { message.write(to: &writer) }
      writer.endArray()
    }
  }

  /// An envelope with a result; `info` writes the members of `result_info`.
  static func success(
    messages: [Message] = [], info: ((inout JSONWriter) -> Void)? = nil, result: (inout JSONWriter) -> Void
  ) -> Answer {
    let body = JSONWriter.object { writer in
      writer.key("result")
      result(&writer)
      if let info {
        writer.key("result_info")
        writer.beginObject()
        info(&writer)
        writer.endObject()
      }
      writer.member("success", true)
      writer.key("errors")
      Message.write([], to: &writer)
      writer.key("messages")
      Message.write(messages, to: &writer)
    }
    return Answer(status: 200, body: body)
  }

  static func failure(_ status: Int, _ errors: Message..., headers: [(name: String, value: String)] = [])
    -> Answer
  {
    let body = JSONWriter.object { writer in
      writer.key("result")
      writer.null()
      writer.member("success", false)
      writer.key("errors")
      Message.write(errors, to: &writer)
      writer.key("messages")
      Message.write([], to: &writer)
    }
    return Answer(status: status, headers: headers, body: body)
  }
}
