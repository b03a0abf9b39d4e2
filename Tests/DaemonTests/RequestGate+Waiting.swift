import Platform

@testable import Daemon

extension RequestGate {
  /// Returns when `count` wait: each turn lets the tasks that were started before run up to their wait.
  func waiters(reach count: Int) async {
    while waitingCount < count { await Task.yield() }
  }
}
