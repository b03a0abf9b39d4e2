import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

/// Former contents that stay beside a file.
@Suite struct PreviousFilesTests {
  let directory: TemporaryDirectory
  let target: String

  init() throws {
    directory = try TemporaryDirectory(in: "/dev/shm")
    target = directory.path("secret")
  }

  private func specification(_ count: Int?, mode: UInt16 = 0o600) -> FileSpecification {
    FileSpecification(path: target, mode: mode, keepPrevious: count)
  }

  /// The contents of the file and of those beside it, by name.
  private var contents: [String: String] {
    var contents: [String: String] = [:]
    for name in TemporaryDirectory.names(directory.path) {
      contents[name] = TemporaryDirectory.contents(directory.path(name))
    }
    return contents
  }

  @Test func formerContentsAreKeptTheNewestFirst() throws {
    for text in ["a", "b", "c", "d"] { try publish(specification(2), text) }
    #expect(contents == ["secret": "d", "secret.1": "c", "secret.2": "b"])
  }

  @Test func formerContentsKeepTheirRights() throws {
    try publish(specification(1, mode: 0o640), "a")
    try publish(specification(1, mode: 0o400), "b")
    #expect(try directory.mode("secret.1") == 0o640)
    #expect(try directory.mode("secret") == 0o400)
  }

  @Test func thoseBeyondALoweredNumberAreRemoved() throws {
    for text in ["a", "b", "c", "d"] { try publish(specification(3), text) }
    try publish(specification(1), "e")
    #expect(contents == ["secret": "e", "secret.1": "d"])
    try publish(specification(0), "f")
    #expect(contents == ["secret": "f"])
  }

  @Test func withoutTheNumberTheNamesBesideAreLeftAlone() throws {
    try directory.write("secret.1", "mine")
    for text in ["a", "b"] { try publish(specification(nil), text) }
    #expect(contents == ["secret": "b", "secret.1": "mine"])
  }

  @Test func theSameContentIsNotKeptBesideItself() throws {
    try publish(specification(2), "a")
    try publish(specification(2), "b")
    try publish(specification(2, mode: 0o640), "b")
    #expect(contents == ["secret": "b", "secret.1": "a"])
  }

  @Test func whatIsNoFileIsFoundBeforeAnythingIsWritten() throws {
    _ = try directory.makeDirectory("secret.2")
    #expect(throws: SystemError.self) { try AtomicFile.prove(specification(2)) }
    #expect(throws: SystemError.self) { try AtomicFile.examine(specification(2)) }
    #expect(throws: SystemError.self) { try AtomicFile(preparing: specification(2), capacity: 10) }
    rmdir(directory.path("secret.2"))
    symlink("elsewhere", directory.path("secret.1"))
    #expect(throws: SystemError.self) { try AtomicFile.prove(specification(0)) }
    unlink(directory.path("secret.1"))
    #expect(try AtomicFile.prove(specification(2)).isEmpty)
    #expect(contents.isEmpty)
  }

  @Test func whatCannotBeKeptAfterTheRequestKeepsTheNewContentFromNobody() throws {
    try publish(specification(nil), "a")
    _ = try directory.makeDirectory("secret.1")
    let publication = try publish(specification(1), "b", narrowIfRefused: true)
    #expect(publication.unkept?.description.contains("secret.1 beside it is not a regular file") == true)
    #expect(TemporaryDirectory.contents(target) == "b")
    rmdir(directory.path("secret.1"))
  }

  private final class Flag: Sendable {
    let value = Atomic(false)
  }

  @Test func aReaderFindsTheFileAtEveryInstant() async throws {
    try publish(specification(3), "0")
    let (path, isOver) = (target, Flag())
    let reader = Task {
      await withCheckedContinuation { continuation in
        startThread {
          var missing = 0
          repeat {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            if descriptor < 0 { missing += 1 } else { close(descriptor) }
          } while !isOver.value.load(ordering: .acquiring)
          continuation.resume(returning: missing)
        }
      }
    }
    for number in 1...2_000 { try publish(specification(3), "\(number)") }
    isOver.value.store(true, ordering: .releasing)
    #expect(await reader.value == 0)
    #expect(contents == ["secret": "2000", "secret.1": "1999", "secret.2": "1998", "secret.3": "1997"])
  }

  #if DEBUG
    private static let calls: [Syscall] = [.linkat, .renameat, .unlinkat, .fstatat, .openat, .pread, .fsync]

    /// A call that fails ends the publication there, as a crash would, or costs a former content; what is done again
    /// completes it, and moves nothing twice.
    @Test(arguments: calls) func whatWasInterruptedIsCompleted(call: Syscall) throws {
      func begin() throws {
        for name in TemporaryDirectory.names(directory.path) { unlink(directory.path(name)) }
        for text in ["a", "b", "c", "d"] { try publish(specification(3), text) }
      }
      try begin()
      let undisturbed = SyscallFaults()
      try SyscallFaults.$current.withValue(undisturbed) { _ = try publish(specification(3), "e") }
      let all = ["secret": "e", "secret.1": "d", "secret.2": "c", "secret.3": "b"]
      #expect(contents == all)
      let kinds: [SyscallFaults.Kind] =
        call == .openat ? [.fails(EIO)] : [.fails(EIO), .failsAfterEffect(EIO)]
      for first in 1...max(undisturbed.count(of: call), 1) {
        for kind in kinds {
          for times in [1, Int.max] {
            let what: Comment = "\(call) \(kind) from \(first), \(times) times"
            try begin()
            let faults = SyscallFaults(.init(call, kind, first: first, times: times))
            let publication = SyscallFaults.$current.withValue(faults) {
              try? publish(specification(3), "e")
            }
            #expect(["d", "e"].contains(TemporaryDirectory.contents(target)), what)
            #expect(contents["secret.1"] != "e", what)
            let isOld = contents["secret"] == "d"
            try AtomicFile.removeLeftovers(specification(3))
            try publish(specification(3), "e")
            // Where the content was replaced although the former one could not be kept, that one is lost, and said so.
            if isOld || publication.map({ $0.unkept == nil }) ?? false {
              #expect(contents == all, what)
            } else {
              #expect(contents["secret"] == "e" && contents["secret.1"] != "e", what)
            }
          }
        }
      }
      #expect(OpenDescriptors.under(directory.path) == [])
    }

    /// The names as they are after each step of moving them, as a crash leaves them.
    @Test(arguments: [
      ["secret": "d", "secret.1": "c", "secret.2": "b", "secret.3": "a"],
      ["secret": "d", "secret.1": "c", "secret.2": "b"], ["secret": "d", "secret.1": "c", "secret.3": "b"],
      ["secret": "d", "secret.2": "c", "secret.3": "b"],
    ])
    func aCrashBetweenTwoStepsLosesNothing(names: [String: String]) throws {
      for (name, text) in names { try directory.write(name, text) }
      try publish(specification(3), "e")
      #expect(contents == ["secret": "e", "secret.1": "d", "secret.2": "c", "secret.3": "b"])
    }

    @Test func aContentThatHasItsNameBesideAlreadyIsNotMovedAgain() throws {
      for text in ["a", "b"] { try publish(specification(3), text) }
      unlink(directory.path("secret.1"))
      try directory.write("secret.2", "a")
      #expect(link(target, directory.path("secret.1")) == 0)
      try publish(specification(3), "c")
      #expect(contents == ["secret": "c", "secret.1": "b", "secret.2": "a"])
    }

    @Test func aFileThatMayNotBeLinkedIsFoundBeforeTheRequest() throws {
      let faults = SyscallFaults(.init(.linkat, .fails(EPERM)))
      SyscallFaults.$current.withValue(faults) {
        let error = #expect(throws: SystemError.self) { try AtomicFile.prove(specification(1)) }
        #expect(error?.description.contains("keep_previous") == true)
      }
      #expect(contents.isEmpty)
    }
  #endif
}
