internal import Configuration
internal import Core
internal import Platform
internal import Store

/// Has somebody told once when an entry begins to fail, and once when it works again, by programs of theirs.
///
/// That an entry fails, and that it was told, is in the state: a restart in the middle tells nobody twice.
@RotationActor final class Alerts {
  private let store: RollStore
  private let programs: ProgramQueue
  private let log: any EventSink
  private let clock: any Clock
  /// Why the entries fail for which somebody was told, by the rows of their tokens.
  private var stretches: [Int64: String] = [:]

  init(store: RollStore, programs: ProgramQueue, log: any EventSink, clock: any Clock) {
    self.store = store
    self.programs = programs
    self.log = log
    self.clock = clock
  }

  /// Takes up what was told before a restart.
  func load() throws(StoreError) { stretches = try store.stretches() }

  /// Tells of a failure where `alarm` says one and it was not told yet; that it is over where `isWell` and it was.
  func judge(_ entry: Entry, token: Int64, roll: RollID?, alarm: String?, isWell: Bool) {
    let told = stretches[token]
    do throws(StoreError) {
      if let alarm, told == nil, !entry.onFailure.isEmpty {
        let debts = entry.debts(on: .failure, token: token, roll: roll, reason: alarm)
        let owed = try store.beginStretch(of: token, reason: alarm, debts, at: clock.now)
        stretches[token] = alarm
        supersede(.recovery, of: token, by: owed)
      } else if isWell, let told {
        let debts = entry.debts(on: .recovery, token: token, roll: roll, reason: told)
        let owed = try store.endStretch(of: token, debts)
        stretches[token] = nil
        supersede(.failure, of: token, by: owed)
      }
    } catch {
      var event = Event(
        .stateNotWritten,
        "What is to be run since \(entry.name) fails or works again could not be kept: \(error).")
      event.entry = entry.name
      log.record(event)
    }
  }

  /// What is over is not told again by a retry, where telling it failed.
  private func supersede(_ occasion: ProgramOccasion, of token: Int64, by debts: [ProgramDebt]) {
    let failed = programs.items(of: token).filter { $0.stage == .failed && $0.debt.occasion == occasion }
    let gone = Set(failed.map(\.debt))
    if !gone.isEmpty { programs.drop { !gone.contains($0) } }
    programs.take(debts)
  }
}
