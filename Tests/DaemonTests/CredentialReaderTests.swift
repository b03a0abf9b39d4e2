import Configuration
import Platform
import Systemd
import TestSupport
import Testing

@testable import Daemon

@Suite struct CredentialReaderTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory(in: "/dev/shm") }

  private func read(_ file: String, in credentials: String? = nil) throws(SystemError) -> String {
    let reader = CredentialReader(directory: CredentialsDirectory(path: credentials))
    return try reader.read(CredentialSource(file: file), name: "main").secret
      .withBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: ["cfat_abc", "cfat_abc\n", "cfat_abc \r\n\n"])
  func whiteSpaceAtTheEndIsNoPartOfACredential(content: String) throws {
    try directory.write(Array(content.utf8), to: "credential")
    #expect(try read(directory.path("credential")) == "cfat_abc")
  }

  @Test func aRelativeNameIsLookedUpInTheCredentialsDirectory() throws {
    try directory.write(Array("cfat_abc".utf8), to: "cloudflare")
    #expect(try read("cloudflare", in: directory.path) == "cfat_abc")
    let refusal = #expect(throws: SystemError.self) { try read("cloudflare") }
    #expect(refusal?.description.contains("LoadCredential=cloudflare") == true)
  }

  @Test(arguments: ["", "\n", "Qzx1 Qzx2", "Qzx3\nQzx4", "Qzx5ü", "Qzx6\0x"])
  func whatNoHeaderCanCarryIsRefusedWithoutShowingIt(content: String) throws {
    try directory.write(Array(content.utf8), to: "credential")
    let refusal = #expect(throws: SystemError.self) { try read(directory.path("credential")) }
    let text = try #require(refusal?.description)
    #expect(text.contains(directory.path("credential")))
    #expect(!text.contains("Qzx"))
  }

  @Test func aMissingFileIsNamed() {
    let refusal = #expect(throws: SystemError.self) { try read(directory.path("missing")) }
    #expect(refusal?.description.contains(directory.path("missing")) == true)
  }
}
