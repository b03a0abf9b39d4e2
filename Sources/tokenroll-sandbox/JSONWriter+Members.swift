import JSON

extension JSONWriter {
  mutating func member(_ key: String, _ string: String) {
    self.key(key)
    value(string)
  }

  mutating func member(_ key: String, _ number: Int) {
    self.key(key)
    value(number)
  }

  mutating func member(_ key: String, _ boolean: Bool) {
    self.key(key)
    value(boolean)
  }

  /// Writes the member unless there is no value.
  mutating func member(_ key: String, optional string: String?) {
    if let string { member(key, string) }
  }

  mutating func member(_ key: String, optional instant: Instant?) {
    if let instant { member(key, instant.description) }
  }

  /// Writes an array of strings.
  mutating func member(_ key: String, _ strings: [String]) {
    self.key(key)
    beginArray()
    for string in strings { value(string) }
    endArray()
  }

  /// The text of an object whose members `body` writes.
  static func object(_ layout: Layout = .compact, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter(layout)
    writer.beginObject()
    body(&writer)
    writer.endObject()
    return writer.bytes
  }
}
