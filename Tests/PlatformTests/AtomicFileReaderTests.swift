import Dispatch
import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

/// What a consumer sees that reads all the time while its file is replaced.
@Suite struct AtomicFileReaderTests {
  private static let replacements = 10_000
  private static let mode: UInt16 = 0o640

  /// The contents after the nth replacement: of many lengths, and each says what it has to be.
  private static func contents(_ number: Int) -> String {
    "\(number):" + String(repeating: "x", count: number % 997) + "\n"
  }

  /// What reading brought up, from the reader's thread.
  private struct Findings: Sendable {
    var reads = 0
    var versions = 0
    var faults: [String] = []
  }

  private final class Flag: Sendable {
    let value = Atomic(false)
  }

  /// One reading of the file; the number of its version, nil where it is not as it has to be.
  private static func read(_ path: String, _ findings: inout Findings) -> Int? {
    let reading = VersionReading(path, mode: mode, contents: contents)
    findings.faults += reading.faults + (reading.isMissing ? ["missing"] : [])
    return reading.number
  }

  /// The temporaries beside it are never wider than the file.
  private static func lookAround(_ directory: String, _ findings: inout Findings) {
    for name in TemporaryDirectory.names(directory) {
      guard let mode = status("\(directory)/\(name)")?.st_mode, mode & 0o7777 & ~UInt32(Self.mode) != 0 else {
        continue
      }
      findings.faults.append("\(name) has mode \(String(mode & 0o7777, radix: 8))")
    }
  }

  @Test(.timeLimit(.minutes(5))) func readerNeverSeesATornEmptyOrWiderFile() async throws {
    let directory = try TemporaryDirectory(in: "/dev/shm")
    let target = directory.path("secret")
    let specification = FileSpecification(path: target, mode: Self.mode)
    try publish(specification, Self.contents(0))
    let isOver = Flag()
    let reader = Task {
      await withCheckedContinuation { continuation in
        startThread {
          var findings = Findings()
          var last = -1
          repeat {
            if let number = Self.read(target, &findings) {
              if number < last { findings.faults.append("\(number) after \(last)") }
              if number != last { findings.versions += 1 }
              last = number
            }
            findings.reads += 1
            if findings.reads % 64 == 0 { Self.lookAround(directory.path, &findings) }
          } while !isOver.value.load(ordering: .acquiring)
          continuation.resume(returning: findings)
        }
      }
    }
    for number in 1...Self.replacements { try publish(specification, Self.contents(number)) }
    isOver.value.store(true, ordering: .releasing)
    let seen = await reader.value
    #expect(seen.faults == [])
    // The reader was at work all the while, not only before or after.
    #expect(seen.versions > 100)
    #expect(TemporaryDirectory.contents(target) == Self.contents(Self.replacements))
  }
}
