import Core
import TestSupport
import Testing

@testable import Store

@Suite struct RollStoreTests {
  private static let machine = "0123456789abcdef0123456789abcdef"
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory(in: "/dev/shm") }

  private func open(machine: String = machine, adopt: Bool = false) throws(StoreError) -> RollStore {
    try RollStore(directory: directory.path, machineID: machine, adopt: adopt)
  }

  private func roll(_ number: UInt64, cause: RollCause = .schedule) -> UnsettledRoll {
    UnsettledRoll(
      id: RollID(high: 1, low: number), cause: cause, startedAt: Timestamp(seconds: 1_000 + Int64(number)))
  }

  @Test func whatIsEnrolledIsThereAfterReopening() throws {
    let first = try open().enroll([("account", "a"), ("account", "b")], at: Timestamp(seconds: 7))
    #expect(first.map(\.tokenID) == ["a", "b"])
    let records = try open().tokens()
    #expect(records == first)
    #expect(records.allSatisfy { $0.firstSeen == Timestamp(seconds: 7) && $0.lastAttempt == nil })
  }

  @Test func whatIsKnownToBeDueIsEnrolledWithIt() throws {
    let store = try open()
    let enrolled = try store.enroll([("account", "a"), ("account", "b")], at: Timestamp(seconds: 7)) {
      $0 == 1 ? Timestamp(seconds: 9) : nil
    }
    #expect(enrolled.map(\.nextDue) == [nil, Timestamp(seconds: 9)])
    #expect(try open().tokens() == enrolled)
  }

  @Test(arguments: [1, 63, 64, 65, 128, 200])
  func eachIsEnrolledInARowOfItsOwnBehindThoseBefore(count: Int) throws {
    let store = try open()
    let first = try store.enroll([("account", "x"), ("account", "y")], at: Timestamp(seconds: 7))
    let tokens = (0..<count).map { (accountID: "account \($0 % 3)", tokenID: "\($0 * 7)") }
    let dues = (0..<count).map { $0.isMultiple(of: 2) ? Timestamp(seconds: Int64($0)) : nil }
    let enrolled = try store.enroll(tokens, at: Timestamp(seconds: 8)) { dues[$0] }
    let rows = (1...count).map { first[1].row + Int64($0) }
    #expect(enrolled.map(\.tokenID) == tokens.map(\.tokenID))
    #expect(enrolled.map(\.accountID) == tokens.map(\.accountID))
    #expect(enrolled.map(\.row) == rows)
    #expect(enrolled.map(\.nextDue) == dues)
    #expect(try open().tokens() == first + enrolled)
  }

  @Test func oneThatCannotBeEnrolledKeepsAllOut() throws {
    let store = try open()
    let ids = (0..<100).map { "\($0)" } + ["5"]
    #expect(throws: StoreError.self) {
      try store.enroll(ids.map { ("account", $0) }, at: Timestamp(seconds: 7))
    }
    #expect(try store.tokens().isEmpty)
    #expect(try store.enroll([("account", "5")], at: Timestamp(seconds: 7)).map(\.row) == [1])
  }

  @Test func manyAreEnrolledAndPlannedWithPagesThatAreGivenBack() throws {
    let store = try open()
    let cache = try store.database.integer("PRAGMA cache_size")
    let ids = (0..<2_000).map { "\($0 * 7_919 % 2_000)" }
    let enrolled = try store.enroll(ids.map { ("account", $0) }, at: Timestamp(seconds: 7))
    try store.plan(enrolled.map { ($0.row, Timestamp(seconds: $0.row)) })
    #expect(try store.database.integer("PRAGMA cache_size") == cache)
    let records = try open().tokens()
    #expect(Set(records.map(\.tokenID)) == Set(ids) && records.map(\.tokenID) == ids)
    #expect(records.allSatisfy { $0.nextDue == Timestamp(seconds: $0.row) })
  }

  @Test func anIntentSurvivesAStopWithEverythingItHolds() throws {
    let store = try open()
    let token = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first)
    var intent = roll(1, cause: .cure)
    intent.oldFingerprint = Fingerprint(bytes: (0..<32).map { UInt8($0) })
    intent.modifiedOn = Timestamp(seconds: 5)
    intent.needsConfirmation = true
    try store.recordIntent(intent, token: token.row, entry: "edge", credential: "main")
    let found = try #require(try open().unsettled().first)
    #expect(found.row == token.row)
    #expect(found.entry == "edge")
    #expect(found.roll == intent)
    #expect(try open().tokens().first?.lastAttempt == intent.startedAt)
  }

  @Test func aSecondIntentClosesTheFirstAsLost() throws {
    let store = try open()
    let token = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first)
    try store.recordIntent(roll(1), token: token.row, entry: "edge", credential: "main")
    #expect(try !store.isClosed(roll(1).id))
    try store.recordIntent(roll(2, cause: .cure), token: token.row, entry: "edge", credential: "main")
    #expect(try store.unsettled().map(\.roll.id) == [roll(2).id])
    #expect(try store.isClosed(roll(1).id))
    let history = try RollHistory(directory: directory.path).records(limit: 10)
    #expect(history.map(\.outcome) == [.lost])
  }

  @Test func anExaminationSeesWhatTheServiceWouldRefuseAndLeavesNothingBehind() throws {
    let other = "fedcba9876543210fedcba9876543210"
    do {
      let store = try open()
      let token = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first)
      try store.recordIntent(roll(1), token: token.row, entry: "edge", credential: "main")
      // Beside the open store, whose log holds what is not in the file yet.
      let beside = try RollHistory.examine(directory: directory.path, machineID: Self.machine)
      #expect(try beside.tokens().first?.lastAttempt == roll(1).startedAt)
    }
    let names = try directory.names(".")
    #expect(try RollHistory.examine(directory: directory.path, machineID: Self.machine).tokens().count == 1)
    let error = #expect(throws: StoreError.self) {
      try RollHistory.examine(directory: directory.path, machineID: other)
    }
    #expect(error?.kind == .foreign)
    #expect(try directory.names(".") == names)
  }

  @Test func aWithdrawnIntentIsGoneAndRemembered() throws {
    let store = try open()
    let token = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first)
    try store.recordIntent(roll(1), token: token.row, entry: "edge", credential: "main")
    try store.withdraw(
      token: token.row, .notRolled, reason: "refused", owesCure: false, failures: 3,
      doubtUntil: Timestamp(seconds: 99), at: Timestamp(seconds: 50))
    #expect(try store.unsettled().isEmpty)
    let record = try #require(try store.tokens().first)
    #expect(record.failures == 3)
    #expect(record.doubtUntil == Timestamp(seconds: 99))
    #expect(record.lastSuccess == nil)
    let entry = try #require(try RollHistory(directory: directory.path).records(limit: 10).first)
    #expect(entry.outcome == .notRolled)
    #expect(entry.detail == "refused")
  }

  @Test func aWithdrawnCureLeavesItsDebt() throws {
    let store = try open()
    let token = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first)
    try store.recordIntent(roll(1, cause: .cure), token: token.row, entry: "edge", credential: "main")
    try store.withdraw(
      token: token.row, .notRolled, reason: "refused", owesCure: true, failures: 1, doubtUntil: nil,
      at: Timestamp(seconds: 50))
    #expect(try open().unsettled().map(\.roll.stage) == [.lost])
  }

  @Test func settlingWritesHistoryAndForgetsTheIntent() throws {
    let store = try open()
    let token = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first)
    try store.recordIntent(roll(1), token: token.row, entry: "edge", credential: "main")
    let fingerprint = Fingerprint(bytes: (0..<32).map { UInt8(31 - $0) })
    try store.settle(
      token: token.row, .settled, detail: nil, fingerprint: fingerprint, rolledAt: Timestamp(seconds: 60),
      outage: .milliseconds(30), failures: 0, doubtUntil: nil, nextDue: Timestamp(seconds: 90),
      at: Timestamp(seconds: 61))
    #expect(try store.unsettled().isEmpty)
    let record = try #require(try open().tokens().first)
    #expect(record.lastSuccess == Timestamp(seconds: 60))
    #expect(record.fingerprint == fingerprint)
    #expect(record.nextDue == Timestamp(seconds: 90))
    let entry = try #require(
      try RollHistory(directory: directory.path).records(entry: "edge", limit: 10).first)
    #expect(entry.outage == .milliseconds(30))
    #expect(entry.endedAt == Timestamp(seconds: 61))
    #expect(try RollHistory(directory: directory.path).records(entry: "other", limit: 10).isEmpty)
  }

  @Test func theHistoryIsFilteredBeforeItIsCutShort() throws {
    let store = try open()
    let token = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first)
    for (number, outcome) in [RollOutcome.lost, .settled, .lost, .settled].enumerated() {
      try store.recordIntent(roll(UInt64(number)), token: token.row, entry: "edge", credential: "main")
      try store.settle(
        token: token.row, outcome, detail: nil, fingerprint: nil, rolledAt: Timestamp(seconds: 1),
        outage: nil,
        failures: 0, doubtUntil: nil, nextDue: nil, at: Timestamp(seconds: Int64(number)))
    }
    let history = try RollHistory(directory: directory.path)
    func ends(since: Timestamp? = nil, outcome: RollOutcome? = nil, limit: Int = 10) throws -> [Timestamp] {
      try history.records(since: since, outcome: outcome, limit: limit).map(\.endedAt)
    }
    #expect(try ends(since: Timestamp(seconds: 2)) == [Timestamp(seconds: 3), Timestamp(seconds: 2)])
    #expect(try ends(outcome: .lost, limit: 1) == [Timestamp(seconds: 2)])
    #expect(try ends(since: Timestamp(seconds: 1), outcome: .lost) == [Timestamp(seconds: 2)])
    #expect(try ends(outcome: .withheld).isEmpty)
  }

  @Test func aRefusedSecretHoldsItsTokenUntilItIsReleasedOrRolledWell() throws {
    let store = try open()
    let tokens = try store.enroll([("account", "a"), ("account", "b")], at: Timestamp(seconds: 7)).map(\.row)
    func settle(_ outcome: RollOutcome, _ token: Int, _ number: UInt64) throws {
      try store.recordIntent(roll(number), token: tokens[token], entry: "edge", credential: "main")
      try store.settle(
        token: tokens[token], outcome, detail: nil, fingerprint: nil, rolledAt: Timestamp(seconds: 60),
        outage: nil, failures: 1, doubtUntil: nil, nextDue: nil, at: Timestamp(seconds: 61))
    }
    func held() throws -> [Bool] { try open().tokens().map(\.isHeld) }
    try settle(.refusedSecret, 0, 1)
    try settle(.settled, 1, 2)
    #expect(try held() == [true, false])
    #expect(try RollHistory(directory: directory.path).tokens().map(\.isHeld) == [true, false])
    try settle(.refusedSecret, 0, 3)
    #expect(try held() == [true, false])
    try store.release(token: tokens[0])
    #expect(try held() == [false, false])
    try settle(.refusedSecret, 1, 4)
    try settle(.unverified, 1, 5)
    #expect(try held() == [false, false])
  }

  @Test func aFileOfAVersionWithoutHoldsIsReadAllTheSame() throws {
    do {
      let store = try open()
      _ = try store.enroll([("account", "a")], at: Timestamp(seconds: 7))
      try store.database.execute("DROP TABLE holds; PRAGMA user_version = 2")
    }
    #expect(try RollHistory(directory: directory.path).tokens().map(\.isHeld) == [false])
  }

  @Test func settlingTellsWhatWasFoundOfTheOtherTokenOfAPair() throws {
    let store = try open()
    let tokens = try store.enroll([("account", "a"), ("account", "b")], at: Timestamp(seconds: 7))
    try store.plan(tokens.map { ($0.row, Timestamp(seconds: 50)) })
    try store.recordIntent(roll(1), token: tokens[1].row, entry: "edge", credential: "main")
    let fingerprint = Fingerprint(bytes: (0..<32).map { UInt8($0) })
    try store.settle(
      token: tokens[1].row, twin: (tokens[0].row, fingerprint, Timestamp(seconds: 40)), .withheld,
      detail: nil, fingerprint: nil,
      rolledAt: Timestamp(seconds: 60), outage: nil, failures: 1, doubtUntil: nil,
      nextDue: Timestamp(seconds: 90), at: Timestamp(seconds: 61))
    let records = try open().tokens()
    #expect(records.map(\.fingerprint) == [fingerprint, nil])
    #expect(records.map(\.nextDue) == [nil, Timestamp(seconds: 90)])
    #expect(records.map(\.lastSuccess) == [Timestamp(seconds: 40), Timestamp(seconds: 60)])
  }

  @Test func whatHoldsOneTokenOfAPairIsOverOnceConsumersHaveTheOther() throws {
    let store = try open()
    let rows = try store.enroll([("account", "a"), ("account", "b")], at: Timestamp(seconds: 7)).map(\.row)
    for (number, (row, outcome)) in [
      (rows[0], RollOutcome.refusedSecret), (rows[1], .withheld), (rows[1], .settled),
    ]
    .enumerated() {
      try store.recordIntent(roll(UInt64(number)), token: row, entry: "edge", credential: "main")
      try store.settle(
        token: row, twin: (rows[0] + rows[1] - row, nil, nil), outcome, detail: nil, fingerprint: nil,
        rolledAt: Timestamp(seconds: 60), outage: nil, failures: 0, doubtUntil: nil, nextDue: nil,
        at: Timestamp(seconds: 61))
      #expect(try open().tokens().contains { $0.isHeld } == (outcome != .settled))
    }
  }

  @Test func theHistoryOfATokenIsBounded() throws {
    let store = try open()
    let token = try #require(try store.enroll([("account", "a")], at: Timestamp(seconds: 7)).first)
    for number in 0..<520 {
      try store.recordIntent(roll(UInt64(number)), token: token.row, entry: "edge", credential: "main")
      try store.settle(
        token: token.row, .settled, detail: nil, fingerprint: nil, rolledAt: Timestamp(seconds: 60),
        outage: nil,
        failures: 0, doubtUntil: nil, nextDue: nil, at: Timestamp(seconds: Int64(number)))
    }
    let records = try RollHistory(directory: directory.path).records(limit: 10_000)
    #expect(records.count == 500)
    #expect(records.first?.endedAt == Timestamp(seconds: 519))
  }

  @Test func aReloadThatIsOwedIsKeptUntilItIsForgotten() throws {
    let store = try open()
    let tokens = try store.enroll([("account", "a"), ("account", "b")], at: Timestamp(seconds: 7)).map(\.row)
    func debt(_ unit: String, _ token: Int, _ number: UInt64) -> ReloadDebt {
      ReloadDebt(unit: unit, token: tokens[token], entry: "edge", roll: roll(number).id)
    }
    try store.keep([debt("a.service", 0, 1), debt("b.service", 0, 1)])
    try store.keep([debt("a.service", 1, 2)])
    #expect(
      try open().reloadDebts() == [debt("a.service", 0, 1), debt("a.service", 1, 2), debt("b.service", 0, 1)])
    // A later roll takes the place of the earlier one, which is not owed a second time.
    try store.keep([debt("a.service", 0, 3)])
    try store.forget([debt("a.service", 0, 1), debt("b.service", 0, 1)])
    #expect(try open().reloadDebts() == [debt("a.service", 0, 3), debt("a.service", 1, 2)])
  }

  @Test func theFormatOfAnEarlierVersionIsBroughtForward() throws {
    let former = try Database.former(1, in: directory, machine: Self.machine)
    let other = String(repeating: "f", count: 32)
    #expect(throws: StoreError.self) { try open(machine: other) }
    #expect(try former.integer("PRAGMA user_version") == 1)

    let store = try open()
    #expect(try former.integer("PRAGMA user_version") == Schema.version)
    let token = try #require(try store.tokens().first)
    #expect(token.tokenID == "a" && token.firstSeen == Timestamp(seconds: 7) && !token.isHeld)
    try store.keep([ReloadDebt(unit: "a.service", token: token.row, entry: "edge", roll: roll(1).id)])
    #expect(try open().reloadDebts().count == 1)
  }

  // MARK: Refusals

  @Test func theStateOfAnotherMachineIsRefusedUntilItIsAdopted() throws {
    _ = try open().enroll([("account", "a")], at: Timestamp(seconds: 7))
    let other = String(repeating: "f", count: 32)
    let refusal = #expect(throws: StoreError.self) { try open(machine: other) }
    #expect(refusal?.kind == .foreign)
    #expect(refusal?.description.contains("adopt-state") == true)
    #expect(try open(machine: other, adopt: true).tokens().count == 1)
    #expect(throws: StoreError.self) { try open() }
  }

  @Test func aFileThatIsNoDatabaseIsRefusedAndKept() throws {
    try directory.write(
      Array("this is not a database, it is a text of some length".utf8), to: RollStore.fileName)
    let refusal = #expect(throws: StoreError.self) { try open() }
    #expect(refusal?.kind == .corrupt)
    #expect(try directory.read(RollStore.fileName).starts(with: "this is not".utf8))
  }

  @Test func anEmptyFileInAStateThatWasInUseIsRefused() throws {
    try directory.write([], to: RollStore.fileName)
    _ = try open().tokens()
    let used = try TemporaryDirectory(in: "/dev/shm")
    try Escrow(stateDirectory: used.path).create()
    try used.write([], to: RollStore.fileName)
    let refusal = #expect(throws: StoreError.self) {
      try RollStore(directory: used.path, machineID: Self.machine)
    }
    #expect(refusal?.kind == .corrupt)
  }

  @Test func aDamagedPageIsRefused() throws {
    try fill()
    var bytes = try directory.read(RollStore.fileName)
    try #require(bytes.count > 32_768)
    bytes.replaceSubrange(8_192..<16_384, with: repeatElement(0xa5, count: 8_192))
    let copy = try TemporaryDirectory(in: "/dev/shm")
    try copy.write(bytes, to: RollStore.fileName)
    let refusal = #expect(throws: StoreError.self) {
      try RollStore(directory: copy.path, machineID: Self.machine)
    }
    #expect(refusal?.kind == .corrupt)
  }

  /// Many tokens, all in the file itself: the last connection that closes empties the write-ahead log.
  private func fill() throws {
    let store = try open()
    let tokens = (0..<2_000).map { (accountID: "account", tokenID: "token-\($0)") }
    _ = try store.enroll(tokens, at: Timestamp(seconds: 7))
  }

  @Test func theFormatOfALaterVersionIsRefused() throws {
    _ = try open().tokens()
    // PRAGMA user_version lies at offset 60, big-endian (sqlite.org, "Database File Format").
    var bytes = try directory.read(RollStore.fileName)
    bytes[63] = 99
    let copy = try TemporaryDirectory(in: "/dev/shm")
    try copy.write(bytes, to: RollStore.fileName)
    let refusal = #expect(throws: StoreError.self) {
      try RollStore(directory: copy.path, machineID: Self.machine)
    }
    #expect(refusal?.kind == .newer)
  }

  @Test func aDirectoryThatIsNotThereIsNamed() {
    let refusal = #expect(throws: StoreError.self) {
      try RollStore(directory: directory.path("missing"), machineID: Self.machine)
    }
    #expect(refusal?.kind == .failed)
    #expect(refusal?.description.contains(directory.path("missing")) == true)
  }
}
