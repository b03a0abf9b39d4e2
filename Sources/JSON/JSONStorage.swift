internal import Glibc

/// What the nodes of a document share: the text and the tape.
final class JSONStorage: Sendable {
  nonisolated(unsafe) let text: UnsafeRawBufferPointer
  let tape: [JSONWord]

  init(copying source: UnsafeRawBufferPointer, limits: JSONLimits) throws(JSONError) {
    let most = min(limits.maxBytes, JSONWord.maxTextBytes)
    guard source.count <= most else {
      throw JSONError(
        position: JSONPosition(line: 1, column: 1),
        message: "the text has \(source.count) bytes; at most \(most) are read")
    }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 16)
    copy.copyMemory(from: source)
    do {
      var parser = JSONParser(text: UnsafeRawBufferPointer(copy), limits: limits)
      try parser.parse()
      tape = parser.tape
      text = UnsafeRawBufferPointer(copy)
    } catch {
      let position = JSONPosition.locate([error.offset], in: UnsafeRawBufferPointer(copy))
      copy.wipe()
      copy.deallocate()
      throw JSONError(
        position: position.first ?? JSONPosition(line: 1, column: 1), message: error.message)
    }
  }

  deinit {
    UnsafeMutableRawBufferPointer(mutating: text).wipe()
    text.deallocate()
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Overwrites the bytes with zeros, in a way that the compiler does not leave out (explicit_bzero(3)).
  func wipe() {
    guard let baseAddress else { return }
    explicit_bzero(baseAddress, count)
  }
}
