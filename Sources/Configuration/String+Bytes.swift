extension String {
  /// Whether `isGood` holds of each byte. The view `utf8` asks for each of them what the string is made of.
  func hasOnlyBytes(_ isGood: (UInt8) -> Bool) -> Bool {
    let bytes = utf8Span.span
    for index in bytes.indices where !isGood(bytes[index]) { return false }
    return true
  }
}
