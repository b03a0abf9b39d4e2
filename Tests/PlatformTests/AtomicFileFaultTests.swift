#if DEBUG
  import Core
  import Glibc
  import Platform
  import TestSupport
  import Testing

  /// Every system call of a publication fails, in every way that a disk knows.
  @Suite struct AtomicFileFaultTests {
    let directory: TemporaryDirectory
    let specification: FileSpecification

    init() throws {
      directory = try TemporaryDirectory(in: "/dev/shm")
      _ = try directory.makeDirectory("a")
      _ = try directory.makeDirectory("a/b")
      // As root also with another owner, for only then is there anything to change.
      let other: UInt32? = geteuid() == 0 ? 12_345 : nil
      specification = FileSpecification(
        path: directory.path("a/b/secret"), mode: 0o640, owner: other, group: other)
    }

    static let calls: [Syscall] = [
      .openat, .readlinkat, .fstat, .fstatat, .statx, .getrandom, .fallocate, .fchown, .lgetxattr, .fsetxattr,
      .fchmod,
      .pwrite, .ftruncate, .fsync, .renameat, .unlinkat,
    ]
    static let errnos = [EIO, ENOSPC, EDQUOT, EROFS, EACCES, EPERM, ENOMEM, EMFILE]
    static let old = "old secret"
    static let new = String(repeating: "new secret ", count: 1_000)

    /// Publishes with `faults` and checks what has to hold in every case; returns whether it succeeded.
    @discardableResult
    private func check(
      _ faults: SyscallFaults, narrowIfRefused: Bool = false, _ comment: Comment
    ) throws -> Bool {
      try directory.write("a/b/secret", Self.old, mode: 0o600)
      var succeeded = true
      SyscallFaults.$current.withValue(faults) {
        do {
          try publish(specification, Self.new, narrowIfRefused: narrowIfRefused)
        } catch {
          succeeded = false
          // A sentence with a cause, and no number alone.
          #expect("\(error)".contains(": "), comment)
        }
      }
      let contents = TemporaryDirectory.contents(specification.path)
      #expect(contents == Self.new || (!succeeded && contents == Self.old), comment)
      let mode = try #require(status(specification.path)).st_mode & 0o7777
      let allowed: [UInt32] = contents == Self.old ? [0o600] : narrowIfRefused ? [0o640, 0o600] : [0o640]
      #expect(allowed.contains(mode), comment)
      #expect(OpenDescriptors.under(directory.path) == [], comment)
      return succeeded
    }

    private var names: [String] { TemporaryDirectory.names(directory.path("a/b")) }

    @Test func descriptorCounterSeesALeak() throws {
      let path = try directory.write("leak", "")
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      #expect(OpenDescriptors.under(directory.path) == [path])
      close(descriptor)
      #expect(OpenDescriptors.under(directory.path) == [])
    }

    @Test(arguments: calls) func failureAtAnyOccurrenceLeavesOldOrNewWholeAndNothingElse(call: Syscall) throws
    {
      let undisturbed = SyscallFaults()
      #expect(try check(undisturbed, "undisturbed"))
      let occurrences = undisturbed.count(of: call)
      guard occurrences > 0 else { return }
      for first in 1...occurrences {
        for code in Self.errnos {
          // A descriptor that was opened and not returned could be closed by nobody.
          let kinds: [SyscallFaults.Kind] =
            call == .openat ? [.fails(code)] : [.fails(code), .failsAfterEffect(code)]
          for kind in kinds {
            for times in [1, Int.max] {
              let faults = SyscallFaults(.init(call, kind, first: first, times: times))
              try check(faults, "\(call) \(kind) from \(first), \(times) times")
              #expect(names == ["secret"], "\(call) \(kind) from \(first), \(times) times")
            }
          }
        }
      }
    }

    @Test func everyCallOfAPublicationIsCovered() throws {
      let faults = SyscallFaults()
      try check(faults, "undisturbed")
      let made = Syscall.allCases.filter { faults.count(of: $0) > 0 }
      #expect(Set(made).isSubset(of: Self.calls))
      #expect(made.contains(.pwrite) && made.contains(.renameat) && faults.count(of: .fsync) == 2)
    }

    @Test(arguments: calls) func interruptionsAreMetByTrying(call: Syscall) throws {
      let faults = SyscallFaults(.init(call, .fails(EINTR), times: 5))
      #expect(try check(faults, "\(call) interrupted"))
    }

    @Test(arguments: [1, 7, 4_096]) func shortWritesAreContinued(most: Int) throws {
      let faults = SyscallFaults(.init(.pwrite, .transfers(atMost: most), times: .max))
      #expect(try check(faults, "at most \(most)"))
      #expect(faults.count(of: .pwrite) == (Self.new.utf8.count + most - 1) / most)
    }

    @Test func shortWriteThenFullDiskLeavesTheOld() throws {
      let faults = SyscallFaults(
        .init(.pwrite, .transfers(atMost: 5)), .init(.pwrite, .fails(ENOSPC), first: 2, times: .max))
      #expect(try !check(faults, "short, then full"))
      #expect(names == ["secret"])
    }

    @Test func writeThatTakesNothingEnds() throws {
      let faults = SyscallFaults(.init(.pwrite, .transfers(atMost: 0), times: .max))
      #expect(try !check(faults, "zero"))
      #expect(faults.count(of: .pwrite) == 1)
    }

    @Test func temporaryThatCannotBeRemovedKeepsNoSecretAndIsFoundLater() throws {
      let faults = SyscallFaults(
        .init(.unlinkat, .fails(EIO), times: .max), .init(.fsync, .fails(EIO), times: .max))
      #expect(try !check(faults, "unlinkat"))
      let leftover = try #require(names.first { $0 != "secret" })
      #expect(TemporaryDirectory.contents(directory.path("a/b/\(leftover)")) == "")
      #expect(try AtomicFile.removeLeftovers(specification) == 1)
      #expect(names == ["secret"])
    }

    @Test func fileSystemWithoutAllocationIsWrittenToInAdvance() throws {
      let faults = SyscallFaults(.init(.fallocate, .fails(EOPNOTSUPP)))
      #expect(try check(faults, "no fallocate"))
      let full = SyscallFaults(.init(.fallocate, .fails(EOPNOTSUPP)), .init(.fsync, .fails(ENOSPC)))
      SyscallFaults.$current.withValue(full) {
        #expect(throws: SystemError.self) { try AtomicFile(preparing: specification, capacity: 10) }
      }
      #expect(names == ["secret"])
    }

    @Test(.enabled(if: geteuid() == 0), arguments: [Syscall.fchown, .fchmod])
    func refusedRightsNarrowThePublicationWhereThatIsWanted(call: Syscall) throws {
      for code in [EPERM, EINVAL, EIO] {
        let faults = SyscallFaults(.init(call, .fails(code)))
        #expect(try check(faults, narrowIfRefused: true, "\(call) \(code)"))
        #expect(try #require(status(specification.path)).st_mode & 0o7777 == 0o600)
        // The mode is never given to a file that does not have its group.
        if call == .fchown { #expect(faults.count(of: .fchmod) == 0) }
        let again = SyscallFaults(.init(call, .fails(code)))
        let publication = try SyscallFaults.$current.withValue(again) {
          try publish(specification, Self.new, narrowIfRefused: true)
        }
        #expect(publication.narrowed?.code == code)
      }
    }

    @Test func directoryThatCannotBeSyncedIsReported() throws {
      try directory.write("a/b/secret", Self.old)
      let faults = SyscallFaults(.init(.fsync, .fails(EINVAL), first: 2))
      let publication = try SyscallFaults.$current.withValue(faults) { try publish(specification, Self.new) }
      guard case .directoryNotSynced = publication.notices.first else {
        Issue.record("no notice: \(publication.notices)")
        return
      }
    }

    @Test func faultyStorageIsFoundByTheProof() throws {
      for fault in [
        .init(.pread, .transfers(atMost: 0)), .init(.pread, .fails(EIO)), .init(.renameat, .fails(EACCES)),
        .init(.renameat, .fails(EACCES), first: 2), .init(.fsync, .fails(EIO)),
        .init(.fsync, .fails(EIO), first: 2),
      ] as [SyscallFaults.Fault] {
        SyscallFaults.$current.withValue(SyscallFaults(fault)) {
          #expect(throws: SystemError.self, "\(fault)") { try AtomicFile.prove(specification) }
        }
        #expect(names == [], "\(fault)")
      }
      #expect(OpenDescriptors.under(directory.path) == [])
    }
  }
#endif
