import Core
import Platform
import Store
import TestSupport
import Testing

@Suite struct EscrowTests {
  private let directory: TemporaryDirectory
  private let escrow: Escrow
  private let roll = RollID(high: 1, low: 2)

  init() throws {
    directory = try TemporaryDirectory(in: "/dev/shm")
    escrow = Escrow(stateDirectory: directory.path)
    try escrow.create()
  }

  private func keep(_ text: String) throws {
    let file = try escrow.prepare(roll, entry: "dns.edge", token: "abc")
    _ = try Array(text.utf8).withUnsafeBytes { try file.commit($0) }
  }

  @Test func aSecretIsFoundAgainByItsRoll() throws {
    try keep("cfat_secret")
    let found = try #require(try escrow.contents().first)
    #expect(found.roll == roll)
    #expect(found.path == escrow.path(of: roll, entry: "dns.edge", token: "abc"))
    #expect(try escrow.read(found.path).withBytes { Array($0) } == Array("cfat_secret".utf8))
    #expect(try directory.mode("escrow/dns.edge.abc.\(roll)") == 0o600)
  }

  @Test func bothFormsAreKnownByTheirNames() throws {
    let other = RollID(high: 3, low: 4)
    try keep("cfat_secret")
    let file = try escrow.prepare(other, entry: "dns.edge", token: "def", capacity: 100)
    let name = Escrow.name(of: other, entry: "dns.edge", token: "def", .encrypted)
    #expect(name == "dns.edge.def.\(other).cred")
    _ = try Array("QUJD".utf8).withUnsafeBytes { try file.commit($0, as: name) }
    let found = try escrow.contents().sorted { $0.path < $1.path }
    #expect(found.map(\.roll) == [roll, other])
    #expect(found.map(\.token) == ["abc", "def"])
    #expect(found.map { Escrow.form(of: $0.path) } == [.plain, .encrypted])
    #expect(found[1].path == escrow.path(of: other, entry: "dns.edge", token: "def", .encrypted))
    #expect(try directory.mode("escrow/\(name)") == 0o600)
  }

  @Test(arguments: EscrowForm.allCases) func aRollWithBothFormsIsThereOnceAndErasedInBoth(_ form: EscrowForm)
    throws
  {
    try keep("cfat_secret")
    let path = escrow.path(of: roll, entry: "dns.edge", token: "abc")
    try directory.write(Array("QUJD".utf8), to: "escrow/dns.edge.abc.\(roll).cred")
    // The one that can be read at once.
    #expect(try escrow.contents().map(\.path) == [path])
    try escrow.erase(escrow.path(of: roll, entry: "dns.edge", token: "abc", form))
    #expect(try directory.names("escrow").isEmpty)
  }

  @Test func anErasedSecretIsGone() throws {
    try keep("cfat_secret")
    try escrow.erase(escrow.path(of: roll, entry: "dns.edge", token: "abc"))
    #expect(try escrow.contents().isEmpty)
  }

  @Test func whatWasPreparedAndNotCommittedLeavesNothing() throws {
    do {
      let file = try escrow.prepare(roll, entry: "edge", token: "abc")
      #expect(try directory.names("escrow").count == 1)
      withExtendedLifetime(file) {}
    }
    #expect(try directory.names("escrow").isEmpty)
  }

  @Test func aTemporaryOfACrashIsRemovedAndAStrangerIsKept() throws {
    try directory.write(Array("x".utf8), to: "escrow/.edge.abc.1.tokenroll-0123456789abcdef")
    try directory.write(Array("y".utf8), to: "escrow/stranger")
    let found = try escrow.contents()
    #expect(found.map(\.path) == [directory.path("escrow/stranger")])
    #expect(found.map(\.roll) == [nil])
  }
}
