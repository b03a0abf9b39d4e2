import CLinux
import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite struct PosixACLTests {
  /// owner rwx, user 12345 rw-, group r-x, mask rwx, others r--.
  static let list: [UInt8] =
    [2, 0, 0, 0] + [1, 0, 7, 0, 255, 255, 255, 255] + [2, 0, 6, 0, 0x39, 0x30, 0, 0]
    + [4, 0, 5, 0, 255, 255, 255, 255] + [16, 0, 7, 0, 255, 255, 255, 255] + [
      32, 0, 4, 0, 255, 255, 255, 255,
    ]

  @Test func rightsAreLimitedToTheMode() {
    var expected = Self.list
    expected[6] = 6
    expected[30] = 4
    expected[38] = 0
    #expect(PosixACL.limited(Self.list, to: 0o640) == expected)
  }

  @Test func groupTakesTheMaskPlaceWhereThereIsNoMask() {
    let list: [UInt8] = [2, 0, 0, 0] + [4, 0, 7, 0, 255, 255, 255, 255]
    #expect(PosixACL.limited(list, to: 0o640)?[6] == 4)
  }

  @Test(arguments: [[], [2, 0, 0], [3, 0, 0, 0], [2, 0, 0, 0, 1]] as [[UInt8]])
  func unknownFormIsNotTouched(list: [UInt8]) {
    #expect(PosixACL.limited(list, to: 0o640) == nil)
  }

  @Test func listOfTheReplacedFileIsKeptWithinTheMode() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("secret", "old", mode: 0o644)
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    defer { close(descriptor) }
    let name = "system.posix_acl_access"
    // Not every file system has lists.
    guard linux_fsetxattr(descriptor, name, Self.list, Self.list.count) == 0 else { return }
    #expect(try publish(FileSpecification(path: path, mode: 0o640), "new").notices == [])
    let kept = try Syscalls.lgetxattr(path, name)
    #expect(kept == PosixACL.limited(Self.list, to: 0o640))
    #expect(try #require(status(path)).st_mode & 0o7777 == 0o640)
  }

  #if DEBUG
    @Test(arguments: [Syscall.lgetxattr, .fsetxattr]) func lossIsReportedAndNoFailure(call: Syscall) throws {
      let directory = try TemporaryDirectory()
      let path = try directory.write("secret", "old", mode: 0o644)
      let descriptor = open(path, O_RDWR | O_CLOEXEC)
      defer { close(descriptor) }
      guard linux_fsetxattr(descriptor, "system.posix_acl_access", Self.list, Self.list.count) == 0 else {
        return
      }
      let publication = try SyscallFaults.$current.withValue(SyscallFaults(.init(call, .fails(EPERM)))) {
        try publish(FileSpecification(path: path, mode: 0o640), "new")
      }
      #expect(publication.notices.count == 1)
      #expect(publication.narrowed == nil)
      #expect(TemporaryDirectory.contents(path) == "new")
    }
  #endif
}
