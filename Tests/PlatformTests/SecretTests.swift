import Core
import Platform
import Testing

/// A secret of the bytes of `text`.
func secret(_ text: String) -> Secret {
  let bytes = Array(text.utf8)
  return bytes.withUnsafeBytes { Secret(copying: $0) }
}

@Suite struct SecretTests {
  static let text = "cfat_0123456789abcdef"

  struct Holder {
    let name = "dns-edge"
    let secret: Secret
  }

  @Test func noWayOfPrintingShowsIt() {
    let secret = secret(Self.text)
    let holder = Holder(secret: secret)
    var dumped = ""
    dump(secret, to: &dumped)
    dump(holder, to: &dumped)
    dump([secret], to: &dumped)
    var printed = ""
    print(secret, holder, [secret], Optional(secret) as Any, ["key": secret], to: &printed)
    let texts = [
      dumped, printed, "\(secret)", "\(holder)", String(describing: secret), String(reflecting: secret),
      String(reflecting: holder), String(reflecting: [secret]),
      "\(Mirror(reflecting: secret).children.map { $0 })",
      secret.description, secret.debugDescription, "\((secret, 1))",
      "\(Result<Secret, any Error>.success(secret))",
    ]
    for text in texts {
      #expect(!text.contains("cfat_") && !text.contains("0123"))
      // As numbers: the first three bytes.
      #expect(!text.contains("99, 102, 97"))
    }
    #expect("\(secret)" == "<redacted>")
    #expect(String(reflecting: secret) == "<redacted>")
    #expect(Mirror(reflecting: secret).children.isEmpty)
  }

  @Test(arguments: [
    ("a", "a", true), ("a", "b", false), ("a", "ab", false), ("", "", true), ("ab", "ba", false),
  ])
  func equalityIsThatOfTheBytes(one: String, other: String, equal: Bool) {
    #expect(secret(one).equals(secret(other)) == equal)
  }

  @Test func fingerprintsTellSecretsApartAndAreNotTheirHash() {
    #expect(secret("a").fingerprint == secret("a").fingerprint)
    #expect(secret("a").fingerprint != secret("b").fingerprint)
    // sha256sum of "a" begins so.
    #expect(secret("a").fingerprint.bytes.prefix(4) != [0xca, 0x97, 0x81, 0x12])
  }

  @Test func bytesAreLentAsTheyWereGiven() {
    #expect(secret(Self.text).withBytes { Array($0) } == Array(Self.text.utf8))
    #expect(secret(Self.text).count == Self.text.utf8.count)
  }

  @Test func wipingLeavesZeros() {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
    defer { buffer.deallocate() }
    buffer.initializeMemory(as: UInt8.self, repeating: 0xff)
    wipe(buffer)
    #expect(buffer.allSatisfy { $0 == 0 })
  }
}
