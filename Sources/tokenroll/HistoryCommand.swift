internal import Configuration
internal import Core
internal import Daemon
internal import JSON
internal import Platform
internal import Store

/// `tokenroll history`.
enum HistoryCommand {
  static func run(_ options: Options) -> ExitStatus {
    do {
      let configuration = try ConfigurationFile.load(options.configuration)
      let history = try RollHistory(directory: configuration.stateDirectory)
      let records = try history.records(
        entry: options.entry, since: options.since.map { SystemClock().now - $0 }, outcome: options.outcome,
        limit: options.limit)
      if options.wantsJSON { printJSON(records) } else { printTable(records) }
      return .success
    } catch {
      Terminal.complain("tokenroll: \(error)")
      return error is StoreError ? .ioError : .configuration
    }
  }

  private static func printTable(_ records: [HistoryRecord]) {
    var table = Table(["ENDED", "ENTRY", "OUTCOME", "CAUSE", "OUTAGE", "DETAIL"])
    for record in records {
      table.add([
        record.endedAt.rfc3339, record.entry, record.outcome.rawValue, record.cause.rawValue,
        record.outage?.abbreviated ?? "-", record.detail ?? "",
      ])
    }
    Terminal.print(table)
  }

  private static func printJSON(_ records: [HistoryRecord]) {
    var writer = JSONWriter(.pretty)
    writer.beginArray()
    for record in records {
      writer.beginObject()
      for (key, value) in [
        ("roll_id", record.rollID.description), ("entry", record.entry), ("account_id", record.accountID),
        ("token_id", record.tokenID), ("cause", record.cause.rawValue), ("outcome", record.outcome.rawValue),
        ("started_at", record.startedAt.rfc3339), ("ended_at", record.endedAt.rfc3339),
      ] {
        writer.key(key)
        writer.value(value)
      }
      writer.key("outage_usec")
      if let outage = record.outage { writer.value(outage.microseconds) } else { writer.null() }
      writer.key("detail")
      if let detail = record.detail { writer.value(detail) } else { writer.null() }
      writer.endObject()
    }
    writer.endArray()
    Terminal.print(String(decoding: writer.bytes, as: UTF8.self))
  }
}
