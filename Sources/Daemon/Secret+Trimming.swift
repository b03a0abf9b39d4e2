internal import Platform

extension Secret {
  /// Why bytes from outside are no secret of a token.
  enum Malformation: Error {
    case empty
    case unfit

    /// What holds it, in front of these words, is a file or standard input.
    var reason: String {
      switch self {
      case .empty: "is empty"
      case .unfit:
        "holds white space or other characters that a token cannot have; it must hold the token alone"
      }
    }
  }

  /// The secret without white space at its end; throws where nothing is left, or what no `Authorization` header can carry.
  func trimmed() throws(Malformation) -> Secret {
    try withBytes { (bytes) throws(Malformation) in
      var end = bytes.count
      while end > 0, bytes[end - 1] <= UInt8(ascii: " ") { end -= 1 }
      let trimmed = UnsafeRawBufferPointer(rebasing: bytes[..<end])
      guard !trimmed.isEmpty else { throw .empty }
      guard trimmed.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .unfit }
      return Secret(copying: trimmed)
    }
  }
}
