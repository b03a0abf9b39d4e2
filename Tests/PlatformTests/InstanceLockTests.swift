import Glibc
import Platform
import TestSupport
import Testing

@Suite struct InstanceLockTests {
  @Test func secondHolderIsRefusedAndToldWhoTheFirstIs() throws {
    let directory = try TemporaryDirectory()
    try directory.write("lock", "99999999 of a longer past\n")
    do {
      let lock = try InstanceLock(directory: directory.path)
      #expect(TemporaryDirectory.contents(directory.path("lock")) == "\(getpid())\n")
      do {
        _ = try InstanceLock(directory: directory.path)
        Issue.record("locked twice")
      } catch {
        #expect(
          error.description
            == "cannot lock \(directory.path)/lock: process \(getpid()) is at work on this state; stop it first, "
            + "or use another state directory")
      }
      withExtendedLifetime(lock) {}
    }
    #expect(OpenDescriptors.under(directory.path) == [])
    withExtendedLifetime(try InstanceLock(directory: directory.path)) {}
  }

  @Test func missingDirectoryIsAnErrorOfItsOwn() {
    #expect {
      try InstanceLock(directory: "/nonexistent")
    } throws: { ($0 as? SystemError)?.code == ENOENT }
  }
}
