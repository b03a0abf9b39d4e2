import Glibc
import TestSupport
import Testing

@testable import Platform

/// The rights of a published file are put right, and never are wider than before or than wanted meanwhile.
@Suite struct FileRightsTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func file(mode: mode_t) throws -> FileSpecification {
    let path = try directory.write("file", "secret")
    #expect(chmod(path, mode) == 0)
    return FileSpecification(path: path, mode: 0o640)
  }

  private func mode(_ specification: FileSpecification) -> mode_t {
    var status = stat()
    return lstat(specification.path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func rightRightsAreLeftAlone() throws {
    #expect(try AtomicFile.correctRights(file(mode: 0o640)) == nil)
  }

  @Test(arguments: [
    (0o644, true), (0o660, true), (0o666, true), (0o600, false), (0o604, true), (0o4640, true),
  ])
  func wrongRightsArePutRight(_ former: Int, _ isWider: Bool) throws {
    let specification = try file(mode: mode_t(former))
    let correction = try #require(try AtomicFile.correctRights(specification))
    #expect(correction.wasWider == isWider)
    #expect(correction.former == "belongs to \(geteuid()):\(getegid()) and has mode \(octal(mode_t(former)))")
    #expect(mode(specification) == 0o640)
    #expect(try AtomicFile.correctRights(specification) == nil)
  }

  @Test(.enabled(if: geteuid() == 0)) func aStrangersFileIsGivenBack() throws {
    let specification = try file(mode: 0o644)
    #expect(chown(specification.path, 65_534, 1) == 0)
    let correction = try #require(try AtomicFile.correctRights(specification))
    #expect(correction.wasWider)
    #expect(correction.former == "belongs to 65534:1 and has mode 0644")
    var status = stat()
    #expect(lstat(specification.path, &status) == 0)
    #expect(status.st_uid == geteuid() && status.st_gid == getegid())
    #expect(mode(specification) == 0o640)
  }

  @Test func whatIsNoFileIsRefused() throws {
    let missing = FileSpecification(path: directory.path("missing"))
    #expect(throws: SystemError.self) { try AtomicFile.correctRights(missing) }
    #expect(symlink(directory.path("missing"), directory.path("link")) == 0)
    #expect(throws: SystemError.self) {
      try AtomicFile.correctRights(FileSpecification(path: directory.path("link")))
    }
  }
}
