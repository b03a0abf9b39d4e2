import Configuration
import Core
import Platform
import Testing

@testable import Daemon

/// Whether consumers find a secret in a file, whatever else somebody put there.
@Suite struct SecretHoldingTests {
  private static let secret = "cfat_0123456789012345678901234567890123456789"
  private static let other = "cfat_9999999999999999999999999999999999999999"

  private func make(_ text: String) -> Secret {
    Array(text.utf8).withUnsafeBytes { Secret(copying: $0) }
  }

  private func content(_ format: Destination.Format, _ text: String) throws -> Secret {
    let rendering = SecretRendering(destination: Destination(file: "/srv/x", format: format))
    return try rendering.render(
      make(text), .init(entry: "edge", accountID: "a", tokenID: "t", rolledAt: Timestamp(seconds: 7)))
  }

  private func holds(_ format: Destination.Format, _ content: Secret) -> Bool? {
    SecretRendering(destination: Destination(file: "/srv/x", format: format))
      .holds(make(Self.secret), in: content, token: "t")
  }

  private static let formats = Destination.Format.allCases.filter { ![.template, .credential].contains($0) }

  @Test(arguments: formats) func whatWasPublishedIsHeld(_ format: Destination.Format) throws {
    #expect(try holds(format, content(format, Self.secret)) == true)
  }

  @Test(arguments: formats) func anotherSecretIsNot(_ format: Destination.Format) throws {
    #expect(try holds(format, content(format, Self.other)) == false)
    #expect(holds(format, make("")) == false)
    #expect(holds(format, make("{")) == false)
  }

  @Test(arguments: [Destination.Format.template, .credential])
  func whatIsEncryptedOrFilledInCannotAlwaysBeTold(_ format: Destination.Format) {
    #expect(holds(format, make("anything")) == nil)
  }
}
