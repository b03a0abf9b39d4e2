import Core
import Glibc
import Platform
import TestSupport
import Testing

/// What is found out before anything is rolled.
@Suite struct AtomicFileRefusalTests {
  let directory: TemporaryDirectory
  let target: String

  init() throws {
    directory = try TemporaryDirectory()
    target = directory.path("secret")
  }

  private func refusal(_ specification: FileSpecification) -> String {
    do {
      _ = try AtomicFile.prove(specification)
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test(arguments: ["secret", "./secret", "", "/", "/tmp/", "/tmp/..", "/tmp/a\0b"])
  func pathThatNamesNoFileIsRefused(path: String) {
    #expect(refusal(FileSpecification(path: path)).hasPrefix("cannot use \(path): "))
  }

  @Test func missingDirectoryIsNamedWithItsComponent() {
    let text = refusal(FileSpecification(path: directory.path("a/b/secret")))
    #expect(
      text
        == "cannot open directory \(directory.path)/a/b: no such file or directory (ENOENT); at its component \"a\""
    )
  }

  @Test func linkIsRefusedUnlessAllowedAndThenItsTargetIsReplacedWhereItIs() throws {
    let place = try directory.makeDirectory("place")
    try #require(symlink("place/real", target) == 0)
    #expect(refusal(FileSpecification(path: target)).contains("it is a symbolic link, to place/real"))
    try publish(FileSpecification(path: target, allowSymbolicLink: true), "new")
    #expect(TemporaryDirectory.contents(place + "/real") == "new")
    #expect(try #require(status(target)).st_mode & S_IFMT == S_IFLNK)
    #expect(try #require(status(place + "/real")).st_mode & S_IFMT == S_IFREG)
  }

  @Test func directoryThatIsALinkIsRefusedUnlessAllowed() throws {
    let place = try directory.makeDirectory("place")
    try #require(symlink(place, directory.path("link")) == 0)
    let path = directory.path("link/secret")
    #expect(refusal(FileSpecification(path: path)).contains("it is a symbolic link"))
    try publish(FileSpecification(path: path, allowSymbolicLink: true), "new")
    #expect(TemporaryDirectory.contents(place + "/secret") == "new")
  }

  @Test func linkAboveTheDirectoryIsFollowedAndCheckedWhereItLeads() throws {
    _ = try directory.makeDirectory("open", mode: 0o777)
    _ = try directory.makeDirectory("open/inner")
    try #require(symlink("open/../open", directory.path("link")) == 0)
    let path = directory.path("link/inner/secret")
    #expect(refusal(FileSpecification(path: path)).contains("a directory above it belongs to"))
    #expect(refusal(FileSpecification(path: path, allowWritableByOthers: true)) == "accepted")
  }

  @Test func linksInACircleEnd() throws {
    try #require(symlink("b", directory.path("a")) == 0 && symlink("a", directory.path("b")) == 0)
    for path in ["a", "a/secret"] {
      let text = refusal(FileSpecification(path: directory.path(path), allowSymbolicLink: true))
      #expect(text.contains("(ELOOP)"))
    }
  }

  @Test(
    arguments: [
      (0o777, false), (0o1777, false), (0o707, false), (0o702, false), (0o700, true), (0o755, true),
      (0o2770, true),
    ] as [(UInt32, Bool)])
  func directoryIsTrustedByItsMode(mode: UInt32, trusted: Bool) throws {
    let parent = try directory.makeDirectory("parent", mode: mode)
    let specification = FileSpecification(path: parent + "/secret")
    #expect((refusal(specification) == "accepted") == trusted)
    var tolerant = specification
    tolerant.allowWritableByOthers = true
    #expect(refusal(tolerant) == "accepted")
  }

  @Test(.enabled(if: geteuid() == 0)) func directoryOfAnotherUserOrGroupIsNotTrusted() throws {
    let foreign = try directory.makeDirectory("foreign")
    try #require(chown(foreign, 12_345, 0) == 0)
    #expect(refusal(FileSpecification(path: foreign + "/secret")).contains("so user 12345 can write to it"))
    let shared = try directory.makeDirectory("shared")
    try #require(chown(shared, 0, 12_345) == 0 && chmod(shared, 0o770) == 0)
    #expect(refusal(FileSpecification(path: shared + "/secret")).contains("so group 12345 can write to it"))
    try #require(chmod(shared, 0o750) == 0)
    #expect(refusal(FileSpecification(path: shared + "/secret")) == "accepted")
  }

  @Test func whatIsNoRegularFileIsRefused() throws {
    _ = try directory.makeDirectory("directory")
    try #require(mkfifo(directory.path("pipe"), 0o600) == 0)
    #expect(refusal(FileSpecification(path: directory.path("directory"))).hasSuffix("it is a directory"))
    #expect(refusal(FileSpecification(path: directory.path("pipe"))).hasSuffix("it is not a regular file"))
  }

  @Test(.enabled(if: geteuid() == 0)) func mountPointIsRefusedEvenOnTheSameFileSystem() throws {
    let source = try directory.write("source", "x")
    try directory.write("secret", "old")
    guard mount(source, target, nil, UInt(MS_BIND), nil) == 0 else { return }
    defer { umount(target) }
    #expect(refusal(FileSpecification(path: target)).contains("something is mounted on it"))
  }

  @Test(.enabled(if: geteuid() == 0)) func readOnlyAndFullFileSystemsAreFoundBeforehand() throws {
    let place = try directory.makeDirectory("tmpfs")
    guard mount("tmpfs", place, "tmpfs", 0, "size=64k,mode=700") == 0 else { return }
    defer { umount(place) }
    let specification = FileSpecification(path: place + "/secret")
    #expect(refusal(specification) == "accepted")
    #expect {
      try AtomicFile(preparing: specification, capacity: 1_000_000)
    } throws: { ($0 as? SystemError)?.code == ENOSPC }
    #expect(TemporaryDirectory.names(place) == [])
    #expect(mount("tmpfs", place, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil) == 0)
    #expect(refusal(specification).contains("(EROFS)"))
  }
}
