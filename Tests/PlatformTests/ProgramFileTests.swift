import Glibc
import Platform
import TestSupport
import Testing

/// Only programs that nobody else can change are run.
@Suite struct ProgramFileTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func program(_ mode: mode_t) throws -> String {
    let path = try directory.write("program", "#!/bin/sh\n")
    #expect(chmod(path, mode) == 0)
    return path
  }

  private func refusal(_ path: String) -> String? {
    do throws(SystemError) {
      try ProgramFile.examine(path)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func aProgramOfOursIsTrusted() throws {
    #expect(refusal(try program(0o755)) == nil)
    #expect(refusal("/bin/sh") == nil)
    let link = directory.path("link")
    #expect(symlink("program", link) == 0)
    #expect(refusal(link) == nil)
  }

  @Test func whatIsNoProgramIsRefused() throws {
    #expect(refusal(directory.path("none"))?.contains("ENOENT") == true)
    #expect(refusal(directory.path)?.hasSuffix("it is not a file") == true)
    #expect(refusal(try program(0o644))?.contains("it is not executable; chmod +x ") == true)
  }

  @Test func whatOthersCanChangeIsRefused() throws {
    let path = try program(0o757)
    let reason = try #require(refusal(path))
    #expect(reason.hasPrefix("cannot trust \(path): it belongs to "))
    #expect(reason.contains("so everyone can change what the service runs; chown root:root \(path)"))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func whatBelongsToOthersIsRefused() throws {
    let path = try program(0o775)
    #expect(refusal(path) == nil)
    #expect(chown(path, 0, 12_345) == 0)
    #expect(refusal(path)?.contains("so group 12345 can change") == true)
    #expect(chown(path, 12_345, 0) == 0)
    #expect(refusal(path)?.contains("so user 12345 can change") == true)
  }

  @Test func aDirectoryThatOthersCanWriteToIsRefused() throws {
    let path = try program(0o755)
    #expect(chmod(directory.path, 0o777) == 0)
    let reason = try #require(refusal(path))
    #expect(reason.contains("so everyone can write to it"))
    #expect(!reason.contains("writable_by_others"))
  }
}
