internal import Core
internal import Daemon
internal import Platform

/// `tokenroll calendar`.
enum CalendarCommand {
  static func run(_ options: Options) throws(UsageError) -> ExitStatus {
    guard !options.operands.isEmpty else {
      throw UsageError("`tokenroll calendar` needs an expression, for example \"Mon..Fri 04:00\"")
    }
    var status = ExitStatus.success
    for (index, text) in options.operands.enumerated() {
      if index > 0 { Terminal.print("") }
      do throws(TimeSyntaxError) {
        explain(try CalendarExpression(parsing: text), options.iterations)
      } catch {
        Terminal.complain("tokenroll: \(text)")
        Terminal.complain("           " + String(repeating: " ", count: error.offset) + "^ \(error.message)")
        status = .usage
      }
    }
    return status
  }

  private static func explain(_ expression: CalendarExpression, _ iterations: Int) {
    Terminal.print("normal form: \(expression)")
    let rules = TimeZones.rules(of: expression.zone)
    var time = SystemClock().now
    for _ in 0..<iterations {
      guard let next = expression.next(after: time, in: rules) else {
        Terminal.print("next elapse: never")
        return
      }
      Terminal.print("next elapse: \(TimeZones.local(next, in: rules))")
      Terminal.print("     in UTC: \(next.rfc3339)")
      time = next
    }
  }
}
