import Core
import Glibc
import Platform
import TestSupport
import Testing

/// The status of the file at `path` itself, nil where there is none.
func status(_ path: String) -> stat? {
  var result = stat()
  return lstat(path, &result) == 0 ? result : nil
}

/// Commits `text` to what was prepared.
@discardableResult
func commit(_ file: AtomicFile, _ text: String) throws -> Publication {
  let bytes = Array(text.utf8)
  return try bytes.withUnsafeBytes { try file.commit($0) }
}

/// Publishes `text` as a whole.
@discardableResult
func publish(_ specification: FileSpecification, _ text: String, narrowIfRefused: Bool = false) throws
  -> Publication
{
  try commit(
    try AtomicFile(preparing: specification, capacity: text.utf8.count, narrowIfRefused: narrowIfRefused),
    text)
}

@Suite struct AtomicFileTests {
  let directory: TemporaryDirectory
  let target: String

  init() throws {
    directory = try TemporaryDirectory()
    target = directory.path("secret")
  }

  @Test(arguments: [0o600, 0o640, 0o440, 0o400] as [UInt16])
  func newFileHasExactlyTheModeAskedFor(mode: UInt16) throws {
    try publish(FileSpecification(path: target, mode: mode), "new")
    #expect(TemporaryDirectory.contents(target) == "new")
    #expect(try #require(status(target)).st_mode & 0o7777 == UInt32(mode))
    #expect(TemporaryDirectory.names(directory.path) == ["secret"])
  }

  @Test func replacedFileTakesTheConfiguredModeAndNotTheOldOne() throws {
    try directory.write("secret", "old", mode: 0o666)
    try publish(FileSpecification(path: target, mode: 0o600), "new")
    #expect(TemporaryDirectory.contents(target) == "new")
    #expect(try #require(status(target)).st_mode & 0o7777 == 0o600)
  }

  @Test func longerContentsThanPreparedForAreWrittenWhole() throws {
    let text = String(repeating: "x", count: 100_000)
    let file = try AtomicFile(preparing: FileSpecification(path: target), capacity: 10)
    try commit(file, text)
    #expect(TemporaryDirectory.contents(target) == text)
  }

  @Test func shorterContentsThanPreparedForLeaveNoTail() throws {
    let file = try AtomicFile(preparing: FileSpecification(path: target), capacity: 100_000)
    try commit(file, "short")
    #expect(TemporaryDirectory.contents(target) == "short")
    #expect(try #require(status(target)).st_size == 5)
  }

  @Test func preparingTouchesNothingAndLettingGoLeavesNothing() throws {
    try directory.write("secret", "old")
    do {
      let file = try AtomicFile(preparing: FileSpecification(path: target), capacity: 64)
      #expect(TemporaryDirectory.names(directory.path).count == 2)
      #expect(TemporaryDirectory.contents(target) == "old")
      withExtendedLifetime(file) {}
    }
    #expect(TemporaryDirectory.names(directory.path) == ["secret"])
    #expect(TemporaryDirectory.contents(target) == "old")
  }

  @Test func secondCommitIsRefused() throws {
    let file = try AtomicFile(preparing: FileSpecification(path: target), capacity: 64)
    try commit(file, "one")
    #expect(throws: SystemError.self) { try commit(file, "two") }
    #expect(TemporaryDirectory.contents(target) == "one")
  }

  @Test(.enabled(if: geteuid() == 0)) func ownerAndGroupAreSet() throws {
    try publish(FileSpecification(path: target, mode: 0o640, owner: 12_345, group: 23_456), "new")
    let result = try #require(status(target))
    #expect(result.st_uid == 12_345 && result.st_gid == 23_456 && result.st_mode & 0o7777 == 0o640)
  }

  @Test func ownGroupIsSetWhereTheDirectoryGivesAnother() throws {
    let parent = try directory.makeDirectory("setgid")
    try #require(chown(parent, UInt32.max, geteuid() == 0 ? 12_345 : getegid()) == 0)
    try #require(chmod(parent, 0o2700) == 0)
    try publish(FileSpecification(path: parent + "/secret"), "new")
    #expect(try #require(status(parent + "/secret")).st_gid == getegid())
  }

  @Test func otherNamesOfTheReplacedFileAreReported() throws {
    try directory.write("secret", "old")
    try #require(link(target, directory.path("other")) == 0)
    let publication = try publish(FileSpecification(path: target), "new")
    #expect(publication.notices == [.hardLinks(path: target, count: 2)])
    #expect(TemporaryDirectory.contents(directory.path("other")) == "old")
  }

  @Test func longNamesAreReplacedToo() throws {
    let name = String(repeating: "é", count: 127)
    try publish(FileSpecification(path: directory.path(name)), "new")
    #expect(TemporaryDirectory.names(directory.path) == [name])
  }

  @Test func fileIsProvedWithoutBeingTouched() throws {
    try directory.write("secret", "old", mode: 0o644)
    #expect(try AtomicFile.prove(FileSpecification(path: target)) == [])
    #expect(TemporaryDirectory.contents(target) == "old")
    #expect(TemporaryDirectory.names(directory.path) == ["secret"])
  }

  @Test func leftoversOfThisFileAreRemovedAndNothingElse() throws {
    let others = [
      ".secret.tokenroll-0123456789abcdeg", ".secret.tokenroll-0123", ".other.tokenroll-0123456789abcdef",
      "secret",
    ]
    for name in others + [".secret.tokenroll-0123456789abcdef"] { try directory.write(name, "x") }
    #expect(try AtomicFile.removeLeftovers(FileSpecification(path: target)) == 1)
    #expect(TemporaryDirectory.names(directory.path) == others.sorted())
  }

  @Test func readerNeverSeesATornEmptyOrWiderFile() async throws {
    let directory = try TemporaryDirectory(in: "/dev/shm")
    let specification = FileSpecification(path: directory.path("secret"), mode: 0o640)
    let texts = (0..<10).map { String(repeating: String($0), count: 40 + $0 * 4_000) }
    try publish(specification, texts[0])
    let path = directory.path
    // The reader runs on a thread of its own, as fast as it can, until all is written.
    let reader = Task.detached { () -> [String] in
      var wrong: [String] = []
      while !Task.isCancelled {
        let text = TemporaryDirectory.contents(path + "/secret") ?? "none"
        if !texts.contains(text) { wrong.append("contents of \(text.utf8.count) bytes") }
        for name in TemporaryDirectory.names(path) {
          if let mode = status("\(path)/\(name)")?.st_mode, mode & 0o7777 & ~0o640 != 0 {
            wrong.append("\(name) \(mode)")
          }
        }
      }
      return wrong
    }
    for round in 0..<3_000 { try publish(specification, texts[round % texts.count]) }
    reader.cancel()
    #expect(await reader.value == [])
  }
}
