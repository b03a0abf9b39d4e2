internal import JSON

/// `tokenroll metrics`.
enum MetricsCommand {
  static func run(_ options: Options) -> ExitStatus {
    ControlClient.run(options, ifNotRunning: .notRunning) { (client) throws(ControlFailure) in
      guard let text = try client.call("Metrics")?["text"]?.string else { return .unavailable }
      // Printing ends the last line.
      Terminal.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
      return .success
    }
  }
}
