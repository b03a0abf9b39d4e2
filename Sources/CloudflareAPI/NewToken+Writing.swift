internal import Core
internal import JSON

extension NewToken {
  /// The body of the request that creates the token.
  var body: [UInt8] {
    // The parts that are JSON already are put between what the writer wrote, as they are.
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("name")
    writer.value(name)
    if let expiresOn {
      writer.key("expires_on")
      writer.value(expiresOn.rfc3339)
    }
    if let notBefore {
      writer.key("not_before")
      writer.value(notBefore.rfc3339)
    }
    writer.endObject()
    var body = writer.bytes.dropLast() + Array(",\"policies\":".utf8) + policiesJSON
    if let conditionJSON { body += Array(",\"condition\":".utf8) + conditionJSON }
    return body + [UInt8(ascii: "}")]
  }
}
