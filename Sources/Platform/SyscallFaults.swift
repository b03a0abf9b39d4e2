#if DEBUG
  internal import Synchronization

  /// Faults that tests plan for system calls: data, in debug builds only.
  ///
  /// Bound to the task (`SyscallFaults.$current.withValue`), so that tests which run side by side do not meet each
  /// other's faults; a handler of a Dispatch source runs in no task and sees none.
  package final class SyscallFaults: Sendable {
    /// What happens instead of the call.
    package enum Kind: Sendable, Hashable {
      /// The call fails and has no effect.
      case fails(Int32)
      /// The call transfers no more than so many bytes; for calls that transfer none, no change.
      case transfers(atMost: Int)
      /// The call takes place, and fails all the same: what a lost connection to storage looks like.
      case failsAfterEffect(Int32)
    }

    /// One planned fault.
    package struct Fault: Sendable, Hashable {
      package var call: Syscall
      package var kind: Kind
      /// The first occurrence of the call that is hit, from 1.
      package var first: Int
      /// How many occurrences in a row are hit.
      package var times: Int

      package init(_ call: Syscall, _ kind: Kind, first: Int = 1, times: Int = 1) {
        self.call = call
        self.kind = kind
        self.first = first
        self.times = times
      }
    }

    /// The faults of the running task.
    @TaskLocal package static var current: SyscallFaults?

    private let faults: [Fault]
    private let seen = Mutex<[Syscall: Int]>([:])

    package init(_ faults: Fault...) { self.faults = faults }

    /// How many times `call` was made so far, the attempts that EINTR ended included.
    package func count(of call: Syscall) -> Int { seen.withLock { $0[call, default: 0] } }

    /// Counts an occurrence of `call` and says what is to happen to it.
    func next(_ call: Syscall) -> Kind? {
      let occurrence = seen.withLock { seen in
        seen[call, default: 0] += 1
        return seen[call, default: 0]
      }
      return faults.first { $0.call == call && occurrence >= $0.first && occurrence - $0.first < $0.times }?
        .kind
    }
  }
#endif
