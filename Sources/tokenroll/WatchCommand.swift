internal import Core
internal import JSON

/// `tokenroll watch`.
enum WatchCommand {
  static func run(_ options: Options) -> ExitStatus {
    ControlClient.run(options) { (client) throws(ControlFailure) in
      try client.call("Watch", wantsMore: true) { reply in
        guard let event = reply["event"], event.kind == .object else { return }
        if options.wantsJSON {
          var writer = JSONWriter()
          writer.copy(event)
          Terminal.print(String(decoding: writer.bytes, as: UTF8.self))
        } else {
          Terminal.print(line(event))
        }
      }
      return .success
    }
  }

  private static func line(_ event: JSONNode) -> String {
    let priority = event["priority"]?.integer.flatMap { UInt8(exactly: $0) }.flatMap {
      Priority(rawValue: $0)
    }
    let subject = event["entry"]?.string.map { " \($0)" } ?? ""
    let style: Terminal.Style? =
      switch priority {
      case .critical, .error: .red
      case .warning: .yellow
      case .notice: .bold
      default: nil
      }
    let text = event["message"]?.string ?? ""
    return "\(event["time"]?.string ?? "") "
      + Terminal.styled("\(priority.map { "\($0)" } ?? "?")\(subject): \(text)", style)
  }
}
