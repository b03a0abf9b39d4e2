import Synchronization

/// The file that keeps the accounts and tokens, so that they outlive the sandbox.
///
/// One write at a time holds all changes made until it began, so that a burst of changes costs few writes.
final class StateFile: Sendable {
  private let path: String
  private let written = Mutex(0)

  init(path: String) { self.path = path }

  /// Returns once the file holds change number `change`; `snapshot` gives the newest content and its number.
  func save(_ change: Int, snapshot: () -> (content: [UInt8], change: Int)) throws(SandboxError) {
    try written.withLock { written throws(SandboxError) in
      guard written < change else { return }
      let newest = snapshot()
      try FileStore.replace(path, with: newest.content)
      written = newest.change
    }
  }
}
