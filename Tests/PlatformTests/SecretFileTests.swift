import Glibc
import Platform
import TestSupport
import Testing

@Suite struct SecretFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [0, 1, 79, 80]) func fileUpToTheLimitIsRead(count: Int) throws {
    let text = String(repeating: "x", count: count)
    let path = try directory.write("secret", text)
    #expect(try AtomicFile.readFile(path, limit: 80).equals(secret(text)))
  }

  @Test func whatIsNoSmallRegularFileIsRefused() throws {
    let path = try directory.write("secret", String(repeating: "x", count: 81))
    try #require(symlink("secret", directory.path("link")) == 0 && mkfifo(directory.path("pipe"), 0o600) == 0)
    #expect(refusal { _ = try AtomicFile.readFile(path, limit: 80) }.hasSuffix("it has more than 80 bytes"))
    #expect(refusal { _ = try AtomicFile.readFile(directory.path("link"), limit: 99) }.contains("(ELOOP)"))
    #expect(
      refusal { _ = try AtomicFile.readFile(directory.path("pipe"), limit: 99) }.contains("regular file"))
    #expect(refusal { _ = try AtomicFile.readFile(directory.path, limit: 99) }.contains("regular file"))
    #expect(refusal { _ = try AtomicFile.readFile(directory.path("none"), limit: 99) }.contains("(ENOENT)"))
    #expect(try AtomicFile.readFile(directory.path("link"), limit: 81, allowSymbolicLink: true).count == 81)
    #expect(OpenDescriptors.under(directory.path) == [])
  }

  @Test func erasedFileIsOverwrittenAndGone() throws {
    let path = try directory.write("escrow", "secret bytes")
    // The other name shows what became of the bytes.
    try #require(link(path, directory.path("other")) == 0)
    #expect(try AtomicFile.secureErase(path))
    #expect(TemporaryDirectory.names(directory.path) == ["other"])
    #expect(TemporaryDirectory.contents(directory.path("other")) == String(repeating: "\0", count: 12))
    #expect(try !AtomicFile.secureErase(path))
    #expect(OpenDescriptors.under(directory.path) == [])
  }

  @Test func linkIsNotErasedThrough() throws {
    let path = try directory.write("kept", "kept")
    try #require(symlink(path, directory.path("link")) == 0)
    #expect(refusal { try AtomicFile.secureErase(directory.path("link")) }.contains("(ELOOP)"))
    #expect(TemporaryDirectory.contents(path) == "kept")
  }

  #if DEBUG
    @Test(arguments: [Syscall.pwrite, .fdatasync])
    func fileThatCannotBeOverwrittenIsRemovedAllTheSameAndSaysSo(
      call: Syscall
    ) throws {
      let path = try directory.write("escrow", "secret")
      let text = SyscallFaults.$current.withValue(SyscallFaults(.init(call, .fails(EIO)))) {
        refusal { try AtomicFile.secureErase(path) }
      }
      #expect(text == "cannot overwrite \(path): input/output error (EIO)")
      #expect(TemporaryDirectory.names(directory.path) == [])
    }

    @Test func fileThatIsReadInPiecesIsWhole() throws {
      let path = try directory.write("secret", "0123456789")
      let faults = SyscallFaults(.init(.pread, .transfers(atMost: 3), times: .max))
      let read = try SyscallFaults.$current.withValue(faults) { try AtomicFile.readFile(path, limit: 80) }
      #expect(read.equals(secret("0123456789")))
    }
  #endif
}
