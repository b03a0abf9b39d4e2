internal import Platform

extension Secret {
  /// The bytes of `text`, whose own copy is not wiped: for what is no secret itself.
  convenience init(text: String) {
    self.init(count: text.utf8.count) { $0.copyBytes(from: text.utf8) }
  }

  /// The bytes of the parts, one after the other.
  convenience init(joining parts: [Secret]) {
    self.init(count: parts.reduce(0) { $0 + $1.count }) { target in
      var place = 0
      for part in parts {
        part.withBytes { bytes in
          UnsafeMutableRawBufferPointer(rebasing: target[place...]).copyBytes(from: bytes)
        }
        place += part.count
      }
    }
  }
}
