/// A time specification in systemd's OnCalendar language (systemd.time(7), "CALENDAR EVENTS").
public struct CalendarExpression: Sendable, Hashable {
}
