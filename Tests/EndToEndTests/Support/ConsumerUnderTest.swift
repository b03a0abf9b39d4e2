import Dispatch
import Glibc
import Synchronization
import TestSupport

/// A consumer of a published secret: it calls the API without pause, and reads its file anew whenever that was replaced.
final class ConsumerUnderTest: Sendable {
  /// What came of its calls.
  struct Tally: Sendable {
    var accepted = 0
    var refused = 0
    /// Calls that failed in another way: of the test's making, not of the secret's.
    var others = 0
    /// The secret of the last call that was accepted.
    var secret = ""
    var isStopped = false
    var waiters: [DispatchSemaphore] = []
  }

  /// What the consumer's thread and the test share.
  private final class Shared: Sendable {
    let tally = Mutex(Tally())
  }

  private let shared = Shared()

  /// Begins to call `verify` of `account` with what `file` holds.
  init(_ sandbox: SandboxUnderTest, account: String, file: String) {
    let shared = shared
    let (port, path) = (sandbox.port, "/client/v4/accounts/\(account)/tokens/verify")
    startThread {
      var seen = timespec()
      var secret = ""
      while !shared.tally.withLock({ $0.isStopped }) {
        var status = stat()
        if stat(file, &status) == 0,
          (status.st_mtim.tv_sec, status.st_mtim.tv_nsec) != (seen.tv_sec, seen.tv_nsec)
        {
          seen = status.st_mtim
          secret = (try? contents(of: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        let answer = try? PlainHTTP.send(
          "GET", port: port, path: path, headers: ["Authorization: Bearer \(secret)"])
        shared.tally.withLock { tally in
          switch answer?.status {
          case 200:
            tally.accepted += 1
            tally.secret = secret
          case 401: tally.refused += 1
          default: tally.others += 1
          }
          for waiter in tally.waiters { waiter.signal() }
          tally.waiters = []
        }
      }
    }
  }

  deinit { shared.tally.withLock { $0.isStopped = true } }

  /// What came of its calls so far.
  var tally: Tally { shared.tally.withLock { $0 } }

  /// Waits until a call with `secret` was accepted; fails where none is in time.
  func uses(_ secret: String, within seconds: Double = 60) throws {
    let deadline = DispatchTime.now() + seconds
    while true {
      let waiter = DispatchSemaphore(value: 0)
      let isUsed = shared.tally.withLock { tally in
        tally.waiters.append(waiter)
        return tally.secret == secret
      }
      if isUsed { return }
      guard waiter.wait(timeout: deadline) == .success else {
        throw TestFailure(
          "the consumer did not come to use the new secret within \(seconds) s: \(tally.accepted) calls accepted, "
            + "\(tally.refused) refused, \(tally.others) failed")
      }
    }
  }
}
