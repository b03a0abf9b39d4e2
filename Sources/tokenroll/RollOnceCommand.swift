internal import Core
internal import Daemon
internal import Platform
internal import Systemd

/// `tokenroll roll --once`.
enum RollOnceCommand {
  @RotationActor static func run(_ options: Options) async throws(UsageError) -> ExitStatus {
    let choice = try choice(options)
    let log = EventLog.choose(format: options.logFormat, minimumPriority: options.logLevel ?? .warning)
    // One task writes to it, on the queue of the rolls.
    var display = RollDisplay(another: "the next run")
    do throws(ServiceFailure) {
      let ending = try await OneShot.run(
        OneShot.Options(
          configurationFile: options.configuration, choice: choice,
          timeLimit: options.timeLimit ?? .minutes(15), log: log)
      ) { names in
        display.begin(
          names, none: "Nothing is due.", remark: "Interrupt this at any time: the next run goes on.")
      } onProgress: { progress in
        display.show(progress)
      }
      display.end()
      return report(ending, isGood: display.isGood)
    } catch {
      Terminal.complain(
        "tokenroll: "
          + error.advised("where that is the service, `tokenroll roll` without --once asks it to roll"))
      return ExitStatus(error.kind)
    }
  }

  private static func choice(_ options: Options) throws(UsageError) -> OneShot.Choice {
    guard options.socket == nil else {
      throw UsageError("`tokenroll roll --once` talks to no service, and takes no --socket")
    }
    switch (options.operands.isEmpty, options.wantsAll, options.wantsDue) {
    case (false, false, false): return .named(options.operands)
    case (true, true, false): return .all
    case (true, false, _): return .due
    default: throw UsageError("`tokenroll roll --once` takes entries, --all or --due, not several of these")
    }
  }

  private static func report(_ ending: OneShot.Ending, isGood: Bool) -> ExitStatus {
    switch ending {
    case .finished(let unreloaded):
      for trouble in unreloaded { Terminal.complain("tokenroll: \(trouble); the next run tries again") }
      return isGood && unreloaded.isEmpty ? .success : .failure
    case .outOfTime:
      Terminal.complain("tokenroll: not all was settled in time; the next run, or the service, goes on")
    case .interrupted:
      Terminal.complain("tokenroll: interrupted; what was begun is safe, and the next run goes on")
    }
    return .temporary
  }
}
