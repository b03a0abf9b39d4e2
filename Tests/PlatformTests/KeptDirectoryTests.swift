import Core
import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite struct KeptDirectoryTests {
  private let directory: TemporaryDirectory
  private let kept: KeptDirectory

  init() throws {
    directory = try TemporaryDirectory()
    kept = KeptDirectory(directory.path("kept"))
  }

  /// The inode of the directory that a handle leads to.
  private func inode() throws -> ino_t {
    let handle = try kept.open()
    return try Syscalls.fstat(handle.rawValue).st_ino
  }

  private func inode(_ path: String) -> ino_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_ino : 0
  }

  private func refusal() -> String {
    do {
      _ = try kept.open()
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test func oneThatIsMadeLaterIsFoundThen() throws {
    #expect(refusal().contains("(ENOENT)"))
    let path = try directory.makeDirectory("kept")
    #expect(try inode() == inode(path))
  }

  @Test func oneThatIsReplacedIsReachedAnew() throws {
    let path = try directory.makeDirectory("kept")
    let former = try inode()
    try #require(rename(path, directory.path("moved")) == 0)
    #expect(refusal().contains("(ENOENT)"))
    _ = try directory.makeDirectory("kept")
    #expect(try inode() == inode(path))
    #expect(try inode() != former)
  }

  @Test func aLinkInItsPlaceIsRefused() throws {
    let path = try directory.makeDirectory("kept")
    #expect(try inode() == inode(path))
    try #require(rename(path, directory.path("moved")) == 0)
    try #require(symlink("moved", path) == 0)
    #expect(refusal().contains("it is a symbolic link"))
  }

  @Test func oneThatOthersMayWriteToSinceIsRefused() throws {
    let path = try directory.makeDirectory("kept")
    #expect(try inode() == inode(path))
    try #require(chmod(path, 0o777) == 0)
    #expect(refusal().contains("so everyone can write to it"))
    try #require(chmod(path, 0o700) == 0)
    #expect(try inode() == inode(path))
  }

  @Test func filesArePreparedAndErasedInIt() throws {
    let path = try directory.makeDirectory("kept")
    for name in ["one", "two"] {
      let file = try AtomicFile(
        preparing: FileSpecification(path: "\(path)/\(name)", mode: 0o600), in: kept, capacity: 16)
      _ = try Array(name.utf8).withUnsafeBytes { try file.commit($0) }
      #expect(TemporaryDirectory.contents("\(path)/\(name)") == name)
    }
    try AtomicFile.secureErase(["one", "none", "two"], in: kept)
    #expect(TemporaryDirectory.names(path) == [])
    // Its own handle is kept, and no other.
    #expect(OpenDescriptors.under(directory.path).count == 1)
  }

  #if DEBUG
    @Test func theWayToItIsGoneOnce() throws {
      _ = try directory.makeDirectory("kept")
      let (first, second) = (SyscallFaults(), SyscallFaults())
      try SyscallFaults.$current.withValue(first) { _ = try kept.open() }
      try SyscallFaults.$current.withValue(second) { _ = try kept.open() }
      #expect(first.count(of: .openat) > 2)
      #expect(second.count(of: .openat) == 1)
      #expect(second.count(of: .fstat) == 0)
    }

    @Test func oneThatCannotBeErasedKeepsNoOther() throws {
      let path = try directory.makeDirectory("kept")
      for name in ["one", "two"] { try directory.write("kept/\(name)", "secret") }
      let faults = SyscallFaults(.init(.unlinkat, .fails(EIO)))
      #expect(throws: SystemError.self) {
        try SyscallFaults.$current.withValue(faults) {
          try AtomicFile.secureErase(["one", "two"], in: kept)
        }
      }
      #expect(TemporaryDirectory.names(path) == ["one"])
      #expect(TemporaryDirectory.contents("\(path)/one") == String(repeating: "\0", count: 6))
      // Each was overwritten for good; what came back of one that is gone would be zeros.
      #expect(faults.count(of: .fdatasync) == 2 && faults.count(of: .fsync) == 0)
    }
  #endif
}
