/// Takes secrets out of text that somebody else wrote.
public struct SecretFilter: Sendable {
  /// Parts of a secret of this length, in bytes, are taken out; a shorter secret as a whole.
  public static let partLength = 12

  private let secrets: [Secret]

  /// A filter for these secrets.
  public init(_ secrets: [Secret]) { self.secrets = secrets.filter { $0.count > 0 } }

  /// `text` with "<redacted>" in the place of every part of a secret.
  public func redact(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var isHidden = [Bool](repeating: false, count: bytes.count)
    for secret in secrets { secret.withBytes { mark($0, in: bytes, &isHidden) } }
    guard isHidden.contains(true) else { return text }
    var result: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if !isHidden[index] {
        result.append(byte)
      } else if index == 0 || !isHidden[index - 1] {
        result += Array("<redacted>".utf8)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func mark(_ secret: UnsafeRawBufferPointer, in bytes: [UInt8], _ isHidden: inout [Bool]) {
    let length = min(Self.partLength, secret.count)
    guard bytes.count >= length else { return }
    bytes.withUnsafeBytes { bytes in
      for start in 0...(bytes.count - length) {
        for part in 0...(secret.count - length) where bytes[start] == secret[part] {
          var place = 1
          while place < length, bytes[start + place] == secret[part + place] { place += 1 }
          guard place == length else { continue }
          for index in start..<start + length { isHidden[index] = true }
          break
        }
      }
    }
  }
}
