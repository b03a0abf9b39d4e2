internal import Configuration
internal import Core
internal import Platform
internal import Systemd

/// What the service and its helper for encryption say to each other: a line with a word and the number of bytes that
/// follow it.
///
/// `encrypt COUNT NAME` brings a secret for a destination, `seal COUNT ROLL` one for the escrow; `encrypted COUNT` comes back
/// with the credential's text. `open COUNT ROLL` brings such a text of the escrow, and `opened COUNT` comes back with the
/// secret. `refused COUNT` has a reason. One of each, and the connection is over.
struct EncryptionMessage {
  enum Word: String {
    case encrypt, seal, open, encrypted, opened, refused
  }

  let word: Word
  /// The credential's name with `encrypt`, the roll with `seal` and `open`, and else empty.
  let name: String
  let body: Secret

  /// The most bytes of a body, and of a whole message.
  static let mostBytes = EncryptedSecret.mostBytes
  static let mostBytesInAll = mostBytes + 64 + CredentialName.mostBytes

  init(_ word: Word, name: String = "", body: Secret) {
    (self.word, self.name, self.body) = (word, name, body)
  }

  init(refusal: String) {
    let text = Array(refusal.utf8.prefix(Self.mostBytes))
    self.init(.refused, body: text.withUnsafeBytes { Secret(copying: $0) })
  }

  /// What fails where a request fails.
  var operation: String { word == .open ? "cannot open an escrow by" : "cannot encrypt by" }

  /// The roll whose escrow it is about; nil where it is about none.
  var roll: RollID? { word == .seal || word == .open ? Self.roll(named: name) : nil }

  /// In the one spelling that there is for each.
  private static func roll(named name: String) -> RollID? {
    RollID(name).flatMap { $0.description == name ? $0 : nil }
  }

  /// The text of a body that is no secret.
  var text: String { body.withBytes { String(decoding: $0, as: UTF8.self) } }

  /// The message as it is sent.
  var bytes: Secret {
    let head = Array("\(word.rawValue) \(body.count)\(name.isEmpty ? "" : " " + name)\n".utf8)
    return Secret(count: head.count + body.count) { target in
      target.copyBytes(from: head)
      body.withBytes { UnsafeMutableRawBufferPointer(rebasing: target[head.count...]).copyMemory(from: $0) }
    }
  }

  /// The message that `bytes` begins with; nil where more of it is still to come. Throws where it is none.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> EncryptionMessage? {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
      if bytes.count > mostBytesInAll - mostBytes { throw refusal("its first line is too long") }
      return nil
    }
    let head = String(decoding: bytes[..<end], as: UTF8.self)
    let parts = head.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count > 1, let word = Word(rawValue: String(parts[0])), let count = Int(parts[1]),
      0...mostBytes ~= count
    else { throw refusal("its first line is not \"WORD COUNT\", with a count of at most \(mostBytes)") }
    let name = parts.count == 3 ? String(parts[2]) : ""
    switch word {
    case .encrypt:
      if let reason = CredentialName.refusal(of: name) { throw refusal("the name in it \(reason)") }
    case .seal, .open:
      guard roll(named: name) != nil else { throw refusal("what should be a roll in it is none") }
    case .encrypted, .opened, .refused:
      guard parts.count == 2 else { throw refusal("its first line has a name") }
    }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...])
    guard rest.count >= count else { return nil }
    guard rest.count == count else { throw refusal("there is more than it announced") }
    return EncryptionMessage(word, name: name, body: Secret(copying: rest))
  }

  private static func refusal(_ reason: String) -> SystemError {
    SystemError("cannot understand", "the message", code: 0, context: reason)
  }
}
