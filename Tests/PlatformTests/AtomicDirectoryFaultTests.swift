#if DEBUG
  import Core
  import Glibc
  import Platform
  import TestSupport
  import Testing

  /// Every system call of the publication of a directory fails, in every way that a disk knows.
  @Suite struct AtomicDirectoryFaultTests {
    let directory: TemporaryDirectory
    let specification: FileSpecification

    init() throws {
      directory = try TemporaryDirectory(in: "/dev/shm")
      // As root also with another group, for only then is there anything to change.
      specification = FileSpecification(
        path: directory.path("current"), mode: 0o640, group: geteuid() == 0 ? 12_345 : nil, keepPrevious: 1)
    }

    static let calls: [Syscall] = [
      .openat, .readlinkat, .fstat, .fstatat, .getrandom, .mkdirat, .symlinkat, .linkat, .fallocate, .fchown,
      .fchmod, .pread, .pwrite, .ftruncate, .fsync, .renameat, .unlinkat,
    ]
    static let old = ["old", "old too"]
    static let new = ["new", "new too"]

    private var names: [String] { TemporaryDirectory.names(directory.path) }

    /// The files behind the link, in their order.
    private func present(_ name: String = "current") -> [String?] {
      ["a", "b"].map { TemporaryDirectory.contents(directory.path("\(name)/\($0)")) }
    }

    /// Publishes with `faults` over the old directory, and checks what has to hold in every case; nil where it failed.
    @discardableResult
    private func check(_ faults: SyscallFaults, narrowIfRefused: Bool = false, _ comment: Comment) throws
      -> Publication?
    {
      for name in ["current", "current.1"] { unlink(directory.path(name)) }
      try publishDirectory(specification, Self.old)
      var publication: Publication?
      SyscallFaults.$current.withValue(faults) {
        do {
          publication = try publishDirectory(specification, Self.new, narrowIfRefused: narrowIfRefused)
        } catch {
          #expect("\(error)".contains(": "), comment)
        }
      }
      let found = present()
      #expect(found == Self.new || (publication == nil && found == Self.old), comment)
      for name in [".", "a", "b"] {
        let mode = try #require(status(directory.path("current/\(name)"))).st_mode & 0o7777
        let allowed: [UInt32] =
          narrowIfRefused ? [0o700, 0o750, 0o600, 0o640] : name == "." ? [0o750] : [0o640]
        #expect(allowed.contains(mode), comment)
      }
      #expect(OpenDescriptors.under(directory.path) == [], comment)
      let leftOver = names.count - names.filter { linkTarget(directory.path($0)) != nil }.count * 2
      if publication?.unkept == nil, found == Self.new || publication != nil {
        #expect(leftOver == 0 || publication == nil, comment)
      }
      if found == Self.new, publication?.unkept == nil { #expect(present("current.1") == Self.old, comment) }
      // Whatever is left goes at the next start, and nothing else does.
      try AtomicDirectory.removeLeftovers(specification)
      #expect(present() == found, comment)
      for name in names where linkTarget(directory.path(name)) == nil {
        #expect(names.contains { linkTarget(directory.path($0)) == name }, "\(comment): \(names)")
      }
      return publication
    }

    @Test(arguments: calls) func failureAtAnyOccurrenceLeavesOldOrNewWhole(call: Syscall) throws {
      let undisturbed = SyscallFaults()
      #expect(try check(undisturbed, "undisturbed")?.unkept == nil)
      let occurrences = undisturbed.count(of: call)
      try #require(occurrences > 0 || (call == .fchown && geteuid() != 0))
      guard occurrences > 0 else { return }
      for first in 1...occurrences {
        for code in [EIO, EACCES] {
          // A descriptor that was opened and not returned could be closed by nobody.
          let kinds: [SyscallFaults.Kind] =
            call == .openat ? [.fails(code)] : [.fails(code), .failsAfterEffect(code)]
          for kind in kinds {
            for times in [1, Int.max] {
              let faults = SyscallFaults(.init(call, kind, first: first, times: times))
              try check(faults, "\(call) \(kind) from \(first), \(times) times")
            }
          }
        }
      }
    }

    @Test func everyCallOfAPublicationIsCovered() throws {
      let faults = SyscallFaults()
      try check(faults, "undisturbed")
      let made = Syscall.allCases.filter { faults.count(of: $0) > 0 }
      #expect(Set(made).isSubset(of: Self.calls + [.statx, .lgetxattr]), "\(made)")
      // Two files, their directory, and the names before and after.
      #expect(faults.count(of: .fsync) == 5)
    }

    @Test(arguments: calls) func interruptionsAreMetByTrying(call: Syscall) throws {
      let faults = SyscallFaults(.init(call, .fails(EINTR), times: 5))
      #expect(try check(faults, "\(call) interrupted")?.unkept == nil)
    }

    @Test func aFailureBeforeTheCommitLeavesNothingBeside() throws {
      try publishDirectory(specification, Self.old)
      let before = names
      for call in [Syscall.mkdirat, .fallocate, .symlinkat, .fchmod, .linkat, .fsync] {
        for use in [prepare, prove] {
          let faults = SyscallFaults(.init(call, .fails(ENOSPC)))
          SyscallFaults.$current.withValue(faults) {
            #expect(throws: SystemError.self, "\(call)") { try use() }
          }
          #expect(names == before, "\(call)")
        }
      }
    }

    private func prepare() throws {
      _ = try AtomicDirectory(preparing: specification, files: [("a", 10), ("b", 10)])
    }

    private func prove() throws { _ = try AtomicDirectory.prove(specification) }

    @Test(.enabled(if: geteuid() == 0), arguments: [Syscall.fchown, .fchmod])
    func refusedRightsNarrowThePublicationWhereThatIsWanted(call: Syscall) throws {
      let count = call == .fchown ? 3 : 4
      for first in 1..<count {
        let faults = SyscallFaults(.init(call, .fails(EPERM), first: first))
        let publication = try #require(try check(faults, narrowIfRefused: true, "\(call) \(first)"))
        #expect(publication.narrowed?.code == EPERM)
      }
    }
  }
#endif
