import Glibc
import Platform
import TestSupport
import Testing

/// The files of a directory are replaced all at once, by a link.
@Suite struct AtomicDirectoryTests {
  let directory: TemporaryDirectory
  let link: String

  init() throws {
    directory = try TemporaryDirectory(in: "/dev/shm")
    link = directory.path("current")
  }

  private func specification(_ count: Int? = nil, mode: UInt16 = 0o600) -> FileSpecification {
    FileSpecification(path: link, mode: mode, keepPrevious: count)
  }

  private var names: [String] { TemporaryDirectory.names(directory.path) }

  /// The files behind each link, without the directories themselves.
  private var links: [String: [String: String]] {
    layout(directory.path).filter { linkTarget(directory.path($0.key)) != nil }
  }

  @Test(
    arguments: [
      (0o600, 0o700), (0o640, 0o750), (0o440, 0o750), (0o400, 0o700), (0o660, 0o750), (0o620, 0o710),
    ] as [(UInt16, UInt32)])
  func rightsAreThoseOfTheFiles(mode: UInt16, ofDirectory: UInt32) throws {
    try publishDirectory(specification(mode: mode), ["one", "two"])
    let version = try #require(linkTarget(link))
    #expect(names == [version, "current"])
    #expect(version.hasPrefix(".current.tokenroll-") && version.utf8.count == 35)
    #expect(try #require(status(directory.path(version))).st_mode & 0o7777 == ofDirectory)
    for name in ["a", "b"] {
      #expect(try #require(status("\(link)/\(name)")).st_mode & 0o7777 == UInt32(mode))
    }
    #expect(links == ["current": ["a": "one", "b": "two"]])
  }

  @Test func supersededDirectoryIsRemovedAndReadersInItKeepTheirFiles() throws {
    try publishDirectory(specification(), ["one", "two"])
    let open = Glibc.open("\(link)/b", O_RDONLY | O_CLOEXEC)
    defer { close(open) }
    try publishDirectory(specification(), ["three"])
    #expect(names.count == 2)
    #expect(links == ["current": ["a": "three"]])
    var buffer = [UInt8](repeating: 0, count: 10)
    #expect(read(open, &buffer, 10) == 3)
  }

  @Test func formerDirectoriesAreKeptTheNewestFirst() throws {
    for text in ["1", "2", "3", "4"] { try publishDirectory(specification(2), [text]) }
    #expect(links == ["current": ["a": "4"], "current.1": ["a": "3"], "current.2": ["a": "2"]])
    #expect(names.count == 6)
    // The same contents with other rights are no former ones.
    try publishDirectory(specification(2, mode: 0o640), ["4"])
    #expect(links == ["current": ["a": "4"], "current.1": ["a": "3"], "current.2": ["a": "2"]])
    #expect(names.count == 6)
    try publishDirectory(specification(1), ["5"])
    #expect(links == ["current": ["a": "5"], "current.1": ["a": "4"]])
    #expect(names.count == 4)
    // Without the number what is kept stays as it is.
    try publishDirectory(specification(), ["6"])
    #expect(links == ["current": ["a": "6"], "current.1": ["a": "4"]])
    #expect(names.count == 4)
    try publishDirectory(specification(0), ["7"])
    #expect(links == ["current": ["a": "7"]])
    #expect(names.count == 2)
  }

  @Test func whatIsNotCommittedLeavesNothing() throws {
    try publishDirectory(specification(), ["one"])
    let before = names
    do {
      let prepared = try AtomicDirectory(preparing: specification(2), files: [("a", 10), ("b", 10)])
      // A directory, a link, and what was there.
      #expect(names.count == 4)
      withExtendedLifetime(prepared) {}
    }
    #expect(names == before)
    #expect(try AtomicDirectory.prove(specification(2)) == [])
    #expect(names == before)
  }

  @Test func leftoversOfACrashAreRemovedAndWhatLinksLeadToIsNot() throws {
    try publishDirectory(specification(1), ["one"])
    try publishDirectory(specification(1), ["two"])
    let other = FileSpecification(path: directory.path("other"))
    try publishDirectory(other, ["three"])
    let before = names
    for name in [".current.tokenroll-0123456789abcdef", ".other.tokenroll-0123456789abcdef"] {
      _ = try directory.makeDirectory(name)
      try directory.write("\(name)/a", "dead")
    }
    symlink(".current.tokenroll-0123456789abcdef", directory.path(".current.tokenroll-fedcba9876543210"))
    try directory.write(".current.tokenroll-0123456789abcdeg", "not ours")
    try directory.write(".foreign.tokenroll-0123456789abcdef", "not ours")
    let foreign = [".current.tokenroll-0123456789abcdeg", ".foreign.tokenroll-0123456789abcdef"]
    #expect(try AtomicDirectory.removeLeftovers(specification(), others: ["other"]) == 3)
    #expect(names == (before + foreign).sorted())
    // A link that somebody has turned elsewhere keeps its former directory from being taken for a leftover of another.
    #expect(links["current.1"] == ["a": "one"])
  }

  @Test func whatIsNoLinkOfOursIsRefused() throws {
    func refusal() -> String {
      do {
        _ = try AtomicDirectory(preparing: specification(), files: [("a", 10)])
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    _ = try directory.makeDirectory("current")
    #expect(refusal().contains("current: it is not a symbolic link, and the link to a published directory"))
    rmdir(link)
    try directory.write("current", "a file")
    #expect(refusal().contains("it is not a symbolic link"))
    unlink(link)
    symlink("elsewhere", link)
    #expect(refusal().contains("it is a symbolic link, to elsewhere, that was not made by a publication"))
    #expect(names == ["current"])
    unlink(link)
    chmod(directory.path, 0o777)
    #expect(refusal().contains("everyone can write to it"))
    chmod(directory.path, 0o700)
    #expect(throws: SystemError.self) {
      try AtomicDirectory.examine(FileSpecification(path: "/no/such/current"))
    }
    try AtomicDirectory.examine(specification())
    #expect(names == [])
  }

  @Test func rightsOfTheDirectoryArePutRight() throws {
    #expect(throws: SystemError.self) { try AtomicDirectory.correctRights(specification()) }
    try publishDirectory(specification(mode: 0o640), ["one"])
    #expect(try AtomicDirectory.correctRights(specification(mode: 0o640)) == nil)
    chmod(link, 0o777)
    let correction = try #require(try AtomicDirectory.correctRights(specification(mode: 0o640)))
    #expect(correction.wasWider && correction.former.hasSuffix("has mode 0777"))
    #expect(try #require(status(link + "/.")).st_mode & 0o7777 == 0o750)
    chmod(link, 0o700)
    #expect(try #require(try AtomicDirectory.correctRights(specification(mode: 0o640))).wasWider == false)
    #expect(try #require(status(link + "/.")).st_mode & 0o7777 == 0o750)
  }

  @Test(.enabled(if: geteuid() == 0)) func groupIsThatOfTheDirectoryAndItsFiles() throws {
    // New directories inherit the group and the bit, and get neither.
    chown(directory.path, 0, 54_321)
    chmod(directory.path, 0o2700)
    var wanted = specification(mode: 0o640)
    try publishDirectory(wanted, ["one"])
    #expect(try #require(status(link + "/.")).st_gid == getegid())
    #expect(try #require(status(link + "/a")).st_gid == getegid())
    wanted.group = 12_345
    try publishDirectory(wanted, ["two"])
    for path in [link + "/.", link + "/a"] { #expect(try #require(status(path)).st_gid == 12_345) }
    #expect(try #require(status(link + "/.")).st_mode & 0o7777 == 0o750)
  }
}
