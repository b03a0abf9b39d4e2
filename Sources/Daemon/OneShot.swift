internal import Configuration
public import Core
internal import Glibc
public import Platform
internal import Store
public import Systemd

/// One run over the entries without a service, as `tokenroll roll --once` makes it: what a crash left is settled, then what
/// was chosen is rolled, by the same lock, state and machine.
@RotationActor public final class OneShot {
  /// What is rolled.
  public enum Choice: Sendable {
    /// What is due by its schedule now.
    case due
    /// Every entry that is neither frozen nor paused.
    case all
    /// These entries.
    case named([String])
  }

  /// What the command line says.
  public struct Options: Sendable {
    /// The configuration's path.
    public var configurationFile: String
    /// What is rolled.
    public var choice: Choice
    /// How long the end of the rolls is waited for.
    public var timeLimit: TimeSpan
    /// Where events go.
    public var log: EventLog

    /// Options of these parts.
    public init(configurationFile: String, choice: Choice, timeLimit: TimeSpan, log: EventLog) {
      self.configurationFile = configurationFile
      self.choice = choice
      self.timeLimit = timeLimit
      self.log = log
    }
  }

  /// How the run ended.
  public enum Ending: Sendable, Equatable {
    /// Everything came to its end; the consumers that could not be reloaded or told, in words.
    case finished(unreloaded: [String])
    /// The time limit came first; the next run, or a service, goes on.
    case outOfTime
    /// A signal came first.
    case interrupted
  }

  /// How long programs that still run after an interruption, or the time limit, may go on.
  private static let programGrace = TimeSpan.seconds(30)

  private let workplace: Workplace
  private let onProgress: @RotationActor (RollProgress) -> Void
  /// Those that were asked for while what a crash left of them was still being settled, with their last rolls.
  private var deferred: [String: Timestamp?] = [:]
  private var waiter: CheckedContinuation<Void, Never>?
  private var ending: Ending?
  private var hasBegun = false

  private var rotator: Rotator { workplace.rotator }

  /// Runs; `onBegin` hears the entries that will be rolled or settled, `onProgress` each step.
  public static func run(
    _ options: Options, onBegin: @RotationActor ([String]) -> Void,
    onProgress: @escaping @RotationActor (RollProgress) -> Void
  ) async throws(ServiceFailure) -> Ending {
    let workplace = try Workplace.openOnce(options.configurationFile, log: options.log)
    return try await OneShot(workplace, onProgress).work(options, onBegin)
  }

  private init(_ workplace: Workplace, _ onProgress: @escaping @RotationActor (RollProgress) -> Void) {
    self.workplace = workplace
    self.onProgress = onProgress
  }

  private func work(
    _ options: Options, _ onBegin: @RotationActor ([String]) -> Void
  ) async throws(ServiceFailure) -> Ending {
    let signals = SignalSource([SIGTERM, SIGINT]) { [weak self] _ in self?.end(.interrupted) }
    await signals.activate()
    let timer: BootTimer
    let unfinished: Rotator.Unfinished
    do {
      timer = try BootTimer { [weak self] in self?.end(.outOfTime) }
      try timer.schedule(at: workplace.services.clock.bootTime + options.timeLimit)
      unfinished = try rotator.load()
    } catch {
      throw ServiceFailure(error)
    }
    workplace.removeLeftovers()
    workplace.services.succession.review(workplace.services.configuration)
    let isTrusted = rotator.isClockTrusted
    let chosen = try choose(isTrusted ? options.choice : .named([]))
    let settling = unfinished.rolls.map { rotator.slots[$0.slot].entry.name }
    onBegin(settling + chosen.filter { !settling.contains($0) })
    follow()
    begin(chosen, settling, unfinished, isDue: isDue(options.choice))
    hasBegun = true
    endAtRest()
    if ending == nil { await withCheckedContinuation { waiter = $0 } }
    timer.cancel()
    let unreloaded = rotator.unreloaded
    await rotator.stop()
    await workplace.services.programs.finish(by: workplace.services.clock.bootTime + Self.programGrace)
    withExtendedLifetime((signals, workplace.lock)) {}
    if let doubt = rotator.clockDoubt {
      throw ServiceFailure(kind: .unavailable, description: "nothing is rolled: \(doubt)")
    }
    return ending == .finished(unreloaded: []) ? .finished(unreloaded: unreloaded) : ending ?? .interrupted
  }

  private func isDue(_ choice: Choice) -> Bool {
    if case .due = choice { true } else { false }
  }

  private func choose(_ choice: Choice) throws(ServiceFailure) -> [String] {
    switch choice {
    case .due: return rotator.dueNow
    case .all: return rotator.requestable
    case .named(let names):
      do throws(Rotator.Refusal) {
        try rotator.check(names)
      } catch {
        throw ServiceFailure(kind: error.isAboutNow ? .busy : .usage, description: rotator.sentence(error))
      }
      return names.uniqued
    }
  }

  private func follow() {
    rotator.onProgress = { [weak self] in self?.note($0) }
    rotator.onChange = { [weak self] in self?.endAtRest() }
    workplace.services.reloads.onChange = { [weak self] in self?.endAtRest() }
  }

  private func begin(
    _ chosen: [String], _ settling: [String], _ unfinished: Rotator.Unfinished, isDue: Bool
  ) {
    rotator.limitSchedule(to: isDue ? chosen : [])
    rotator.retryPrograms()
    rotator.start(unfinished)
    guard !isDue else { return }
    let slots = rotator.slotsByName
    for name in chosen where settling.contains(name) {
      deferred[name] = slots[name].map { rotator.slots[$0].records.lastSuccess } ?? nil
    }
    rotator.request(chosen.filter { !settling.contains($0) })
  }

  private func note(_ progress: RollProgress) {
    onProgress(progress)
    guard progress.result != nil, let former = deferred.removeValue(forKey: progress.entry),
      let index = rotator.slotsByName[progress.entry], rotator.slots[index].records.lastSuccess == former
    else { return }
    // What the crash left turned out to have been no roll.
    rotator.request([progress.entry])
  }

  private func endAtRest() {
    if hasBegun, deferred.isEmpty, rotator.isAtRest { end(.finished(unreloaded: [])) }
  }

  private func end(_ ending: Ending) {
    guard self.ending == nil else { return }
    self.ending = ending
    waiter?.resume()
    waiter = nil
  }
}

extension [String] {
  /// Each once, in the order of the first.
  var uniqued: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
