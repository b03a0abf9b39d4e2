internal import Core

/// The time that `Retry-After` asks to wait (RFC 9110, 10.2.3), at most a day; nil where the field says nothing.
func retryAfter(_ field: String, now: Timestamp) -> TimeSpan? {
  let longest = TimeSpan.days(1)
  if !field.isEmpty, field.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
    // More digits than an integer holds is a long time, not nonsense.
    guard let seconds = Int64(field), seconds <= 86_400 else { return longest }
    return .seconds(seconds)
  }
  guard let date = Timestamp(httpDate: field) else { return nil }
  return min(max(date - now, .zero), longest)
}
