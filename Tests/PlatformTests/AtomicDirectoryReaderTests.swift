import Dispatch
import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

/// What a consumer sees that reads all the time while the directory is replaced.
@Suite struct AtomicDirectoryReaderTests {
  private static let leastReplacements = 1_000
  private static let leastVersions = 50
  private static let mode: UInt16 = 0o640

  /// The contents of a file after the nth replacement: of many lengths, and each says what it has to be.
  private static func contents(_ number: Int, _ name: String) -> String {
    "\(number):\(name)" + String(repeating: name, count: number % 997) + "\n"
  }

  /// What reading brought up, from the reader's thread.
  private struct Findings: Sendable {
    var whole = 0
    var faults: Set<String> = []
  }

  private final class Progress: Sendable {
    let isOver = Atomic(false)
    /// The versions of which the reader has had all files, through one open directory.
    let versions = Atomic(0)
  }

  /// The number of the version that `name` in `directory` is of; nil where the file is gone, as that of a directory that
  /// was superseded meanwhile.
  private static func read(_ directory: Int32, _ name: String, _ path: String, _ findings: inout Findings)
    -> Int?
  {
    let reading = VersionReading(path, in: directory, mode: mode) { contents($0, name) }
    findings.faults.formUnion(reading.faults)
    return reading.number
  }

  /// Opens the directory once and reads both files in it; the version, nil where it was superseded meanwhile.
  private static func readThroughOneDirectory(_ link: String, _ findings: inout Findings) -> Int? {
    let directory = open(link, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else {
      // The link was followed to a directory that went in that instant; a link there always is.
      if errno != ENOENT || linkTarget(link) == nil { findings.faults.insert("no directory: \(errno)") }
      return nil
    }
    defer { close(directory) }
    guard let first = read(directory, "a", "a", &findings), let second = read(directory, "b", "b", &findings)
    else { return nil }
    if first != second { findings.faults.insert("mixed: \(first) and \(second)") }
    findings.whole += 1
    return first
  }

  @Test(.timeLimit(.minutes(5))) func readerNeverSeesATornOrMixedDirectory() async throws {
    let directory = try TemporaryDirectory(in: "/dev/shm")
    let link = directory.path("current")
    let specification = FileSpecification(path: link, mode: Self.mode)
    func publish(_ number: Int) throws {
      try publishDirectory(specification, ["a", "b"].map { Self.contents(number, $0) })
    }
    try publish(0)
    let progress = Progress()
    let reader = Task {
      await withCheckedContinuation { continuation in
        startThread {
          var findings = Findings()
          var last = (open: -1, path: -1)
          repeat {
            if let number = Self.readThroughOneDirectory(link, &findings) {
              if number < last.open { findings.faults.insert("\(number) after \(last.open)") }
              if number != last.open { progress.versions.add(1, ordering: .relaxed) }
              last.open = number
            }
            if let number = Self.read(AT_FDCWD, "a", "\(link)/a", &findings) {
              if number < last.path { findings.faults.insert("\(number) after \(last.path), by path") }
              last.path = number
            }
          } while !progress.isOver.load(ordering: .acquiring)
          continuation.resume(returning: findings)
        }
      }
    }
    var number = 0
    while number < Self.leastReplacements
      || progress.versions.load(ordering: .relaxed) < Self.leastVersions
    {
      number += 1
      try publish(number)
    }
    progress.isOver.store(true, ordering: .releasing)
    let seen = await reader.value
    #expect(seen.faults == [])
    #expect(seen.whole >= Self.leastVersions)
    #expect(TemporaryDirectory.contents("\(link)/b") == Self.contents(number, "b"))
    #expect(TemporaryDirectory.names(directory.path).count == 2)
  }
}
