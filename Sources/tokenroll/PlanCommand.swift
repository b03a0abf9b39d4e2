internal import Configuration
internal import Core
internal import Daemon
internal import JSON
internal import Platform

/// `tokenroll plan`.
enum PlanCommand {
  @RotationActor static func run(_ options: Options) async -> ExitStatus {
    do {
      let configuration = try ConfigurationFile.load(options.configuration)
      if let name = options.entry, !configuration.tokens.contains(where: { $0.name == name }) {
        Terminal.complain(
          "tokenroll: " + RefusalText.noSuchEntry(name, among: configuration.tokens.map(\.name)))
        return .usage
      }
      let plan = try RollPlan.make(configuration, entry: options.entry, until: options.until)
      if options.wantsJSON { printJSON(plan) } else { printTable(plan) }
      return .success
    } catch {
      Terminal.complain("tokenroll: \(error)")
      return error is ConfigurationFile.Failure ? .configuration : .ioError
    }
  }

  private static func printTable(_ plan: RollPlan) {
    var table = Table(["DUE", "IN", "ENTRY"])
    for occurrence in plan.occurrences {
      let wait = occurrence.due - plan.now
      table.add([occurrence.due.rfc3339, wait > .zero ? wait.abbreviated : "now", occurrence.entry])
    }
    Terminal.print(table)
    for pause in plan.held {
      Terminal.print(
        "Not planned: \(pause.entry ?? "every entry"), paused until `tokenroll resume` (\(pause.reason))")
    }
    for name in plan.refused {
      Terminal.print(
        "Not planned: \(name), held since the API refused the secret of its last roll; see `tokenroll status \(name)`"
      )
    }
    guard let chart = plan.chart else { return }
    Terminal.print("")
    for bar in chart { Terminal.print(bar) }
  }

  private static func printJSON(_ plan: RollPlan) {
    var writer = JSONWriter(.pretty)
    writer.beginArray()
    for occurrence in plan.occurrences {
      writer.beginObject()
      writer.key("entry")
      writer.value(occurrence.entry)
      writer.key("due")
      writer.value(occurrence.due.rfc3339)
      writer.endObject()
    }
    writer.endArray()
    Terminal.print(String(decoding: writer.bytes, as: UTF8.self))
  }
}
