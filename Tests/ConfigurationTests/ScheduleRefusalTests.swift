import Testing

/// `schedule`, an entry's and that of the defaults. Each refusal, with the place, the path and the words.
@Suite struct ScheduleRefusalTests {
  private static let refusals: [Refusal] = [
    Refusal([.schedule: #"[]"#], #"6:13: tokens[0].schedule: must be an object, not an array"#),
    Refusal([.schedule: #""30d""#], #"6:13: tokens[0].schedule: must be an object, not a string"#),
    Refusal([.schedule: #"null"#], #"6:13: tokens[0].schedule: must be an object, not null"#),
    Refusal(
      [.schedule: #"{}"#],
      #"6:13: tokens[0].schedule: the schedule has neither "every" nor "calendar", here or in "defaults""#),
    Refusal(
      [.schedule: #"{"jitter": "1h"}"#],
      #"6:13: tokens[0].schedule: the schedule has neither "every" nor "calendar", here or in "defaults""#),
    Refusal(
      [.schedule: #"{"every": 30}"#],
      #"6:23: tokens[0].schedule.every: must be a time span in quotation marks, such as "30d", not a number"#),
    Refusal(
      [.schedule: #"{"every": "5x"}"#],
      #"6:23: tokens[0].schedule.every: "5x" is not a time span (found "x" where a unit (us, ms, s, min, h, d, w, M, y) was expected); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #"{"every": "30"}"#],
      #"6:23: tokens[0].schedule.every: "30" is not a time span (the number 30 has no unit: write "30s" for seconds); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #"{"every": ""}"#],
      #"6:23: tokens[0].schedule.every: "" is not a time span (the text ends where a time span such as "12h 30min" was expected); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #"{"every": "999ms"}"#],
      #"6:23: tokens[0].schedule.every: "999ms" is out of range: 1s to 10y"#),
    Refusal(
      [.schedule: #"{"every": "11y"}"#], #"6:23: tokens[0].schedule.every: "11y" is out of range: 1s to 10y"#),
    Refusal(
      [.schedule: #"{"every": "0"}"#], #"6:23: tokens[0].schedule.every: "0" is out of range: 1s to 10y"#),
    Refusal(
      [.schedule: #"{"every": "-1d"}"#],
      #"6:23: tokens[0].schedule.every: "-1d" is not a time span (found "-": a time span cannot be negative); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #"{"every": "infinity"}"#],
      #"6:23: tokens[0].schedule.every: "infinity" is not a time span ("infinity" is not accepted: expected a finite time span); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #"{"every": "cfat_0123456789"}"#],
      #"6:23: tokens[0].schedule.every: <redacted> is not a time span; write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #"{"every": "300000y"}"#],
      #"6:23: tokens[0].schedule.every: "300000y" is not a time span (the time span is too long: expected at most 292271 years); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #"{"calendar": 5}"#],
      #"6:26: tokens[0].schedule.calendar: must be a calendar expression in quotation marks, such as "Mon 03:00", not a number"#
    ),
    Refusal(
      [.schedule: #"{"calendar": ""}"#],
      #"6:26: tokens[0].schedule.calendar: "" is not a calendar expression (a calendar expression such as "Mon *-*-* 03:00" was expected); write e.g. "daily" or "Mon 03:00""#
    ),
    Refusal(
      [.schedule: #"{"calendar": "Mun 03:00"}"#],
      #"6:26: tokens[0].schedule.calendar: "Mun 03:00" is not a calendar expression (found "M" where a weekday, a date, a time, "@" or a word such as "daily" was expected); write e.g. "daily" or "Mon 03:00""#
    ),
    Refusal(
      [.schedule: #"{"calendar": "25:00"}"#],
      #"6:26: tokens[0].schedule.calendar: "25:00" is not a calendar expression (25 is not an hour: expected 0 to 23); write e.g. "daily" or "Mon 03:00""#
    ),
    Refusal(
      [.schedule: #"{"calendar": "*-13-01"}"#],
      #"6:26: tokens[0].schedule.calendar: "*-13-01" is not a calendar expression (13 is not a month: expected 1 to 12); write e.g. "daily" or "Mon 03:00""#
    ),
    Refusal(
      [.schedule: #"{"calendar": "daily Mars/Base"}"#],
      #"6:26: tokens[0].schedule.calendar: the time zone "Mars/Base" is not known to this machine"#),
    Refusal(
      [.schedule: #"{"calendar": "daily Europe/"}"#],
      #"6:26: tokens[0].schedule.calendar: "daily Europe/" is not a calendar expression (found "/" where the rest of a time zone name such as "Europe/Berlin" was expected); write e.g. "daily" or "Mon 03:00""#
    ),
    Refusal(
      [.schedule: #"{"every": "1d", "calendar": "daily"}"#],
      #"6:13: tokens[0].schedule: "every" and "calendar" exclude one another; write one of them"#),
    Refusal(
      [.schedule: #"{"calendar": "daily", "every": "x"}"#],
      #"6:13: tokens[0].schedule: "every" and "calendar" exclude one another; write one of them"#,
      #"6:44: tokens[0].schedule.every: "x" is not a time span (found "x" where a number was expected); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #"{"every": "1d", "jitter": "25h"}"#],
      #"6:39: tokens[0].schedule.jitter: 1d 1h is longer than "every", 1d"#),
    Refusal(
      [.schedule: #"{"every": "1d", "jitter": 5}"#],
      #"6:39: tokens[0].schedule.jitter: must be a time span in quotation marks, such as "30d", not a number"#
    ),
    Refusal(
      [.schedule: #"{"every": "1d", "jitter": "-5s"}"#],
      #"6:39: tokens[0].schedule.jitter: "-5s" is not a time span (found "-": a time span cannot be negative); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #"{"calendar": "daily", "jitter": "11y"}"#],
      #"6:45: tokens[0].schedule.jitter: "11y" is out of range: 0 to 10y"#),
    Refusal(
      [.schedule: #"{"every": "1d", "catch_up": "yes"}"#],
      #"6:41: tokens[0].schedule.catch_up: must be true or false, not a string"#),
    Refusal(
      [.schedule: #"{"every": "1d", "catch_up": 0}"#],
      #"6:41: tokens[0].schedule.catch_up: must be true or false, not a number"#),
    Refusal(
      [.schedule: #"{"every": "1d", "first": "soon"}"#],
      #"6:38: tokens[0].schedule.first: "soon" is none of "now", "scheduled""#),
    Refusal(
      [.schedule: #"{"every": "1d", "first": "Now"}"#],
      #"6:38: tokens[0].schedule.first: "Now" is none of "now", "scheduled"; did you mean "now"?"#),
    Refusal(
      [.schedule: #"{"every": "1d", "first": true}"#],
      #"6:38: tokens[0].schedule.first: must be one of "now", "scheduled", not a boolean"#),
    Refusal(
      [.schedule: #"{"every": "1d", "not_during": "daily"}"#],
      #"6:43: tokens[0].schedule.not_during: must be an array of calendar expressions, not a string"#),
    Refusal(
      [.schedule: #"{"every": "1d", "not_during": [5]}"#],
      #"6:44: tokens[0].schedule.not_during[0]: must be a calendar expression in quotation marks, such as "Mon 03:00", not a number"#
    ),
    Refusal(
      [.schedule: #"{"every": "1d", "not_during": ["x", "08..17:*:*", "y"]}"#],
      #"6:44: tokens[0].schedule.not_during[0]: "x" is not a calendar expression (found "x" where a weekday, a date, a time, "@" or a word such as "daily" was expected); write e.g. "daily" or "Mon 03:00""#,
      #"6:63: tokens[0].schedule.not_during[2]: "y" is not a calendar expression (found "y" where a weekday, a date, a time, "@" or a word such as "daily" was expected); write e.g. "daily" or "Mon 03:00""#
    ),
    Refusal(
      [.schedule: #"{"every": "1d", "not_during": ["Mon..Fri 08:00"]}"#],
      #"6:44: tokens[0].schedule.not_during[0]: "Mon..Fri 08:00" covers single seconds only; a window is e.g. "Mon..Fri 08..17:*:*""#
    ),
    Refusal(
      [.schedule: #"{"every": "1d", "not_during": ["daily"]}"#],
      #"6:44: tokens[0].schedule.not_during[0]: "daily" covers single seconds only; a window is e.g. "Mon..Fri 08..17:*:*""#
    ),
    Refusal(
      [.schedule: #"{"every": "1d", "not_during": ["*:*:*"]}"#],
      #"6:44: tokens[0].schedule.not_during[0]: "*:*:*" covers all time; to freeze an entry write "enabled": false"#
    ),
    Refusal(
      [.schedule: #"{"every": "1d", "not_during": ["08..17:*:0/2"]}"#],
      #"6:44: tokens[0].schedule.not_during[0]: "08..17:*:0/2" covers single seconds only; a window is e.g. "Mon..Fri 08..17:*:*""#
    ),
    Refusal(
      [.schedule: #"{"every": "1d", "not_during": ["08..17:*:* Mars/Base"]}"#],
      #"6:44: tokens[0].schedule.not_during[0]: the time zone "Mars/Base" is not known to this machine"#),
    Refusal(
      [.schedule: #"{"every": "1d", "not-during": []}"#],
      #"6:29: tokens[0].schedule.not-during: this key is not known; did you mean "not_during"?"#),
    Refusal(
      [.schedule: #"{"every": "1d", "interval": "5d"}"#],
      #"6:29: tokens[0].schedule.interval: this key is not known; known here: every, calendar, jitter, catch_up, first, not_during"#
    ),
    Refusal(
      [.schedule: #"{"every": "1d", "every": "2d"}"#],
      #"6:29: tokens[0].schedule.every: this key is there twice"#),
    Refusal(
      [.schedule: #""#, .more: #""defaults": {"schedule": {"jitter": "5s"}}"#],
      #"2:12: tokens[0]: the schedule has neither "every" nor "calendar", here or in "defaults""#),
    Refusal(
      [.schedule: #"{"first": "now"}"#, .more: #""defaults": {"schedule": {"jitter": "5s"}}"#],
      #"6:13: tokens[0].schedule: the schedule has neither "every" nor "calendar", here or in "defaults""#),
    Refusal(
      [.schedule: #""#, .more: #""defaults": {"schedule": {"every": "5x"}}"#],
      #"9:38: defaults.schedule.every: "5x" is not a time span (found "x" where a unit (us, ms, s, min, h, d, w, M, y) was expected); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #"{"first": "now"}"#, .more: #""defaults": {"schedule": {"every": "5x"}}"#],
      #"9:38: defaults.schedule.every: "5x" is not a time span (found "x" where a unit (us, ms, s, min, h, d, w, M, y) was expected); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.schedule: #""#, .more: #""defaults": {"schedule": []}"#],
      #"9:28: defaults.schedule: must be an object, not an array"#),
    Refusal(
      [.schedule: #""#, .more: #""defaults": {"schedule": {"every": "1d", "calendar": "daily"}}"#],
      #"9:28: defaults.schedule: "every" and "calendar" exclude one another; write one of them"#),
    Refusal(
      [.schedule: #""#, .more: #""defaults": {"schedule": {"every": "1d", "jitter": "2d"}}"#],
      #"9:54: defaults.schedule.jitter: 2d is longer than "every", 1d"#),
    Refusal(
      [.schedule: #"{"jitter": "2d"}"#, .more: #""defaults": {"schedule": {"every": "1d"}}"#],
      #"6:24: tokens[0].schedule.jitter: 2d is longer than "every" of "defaults", 1d"#),
    Refusal(
      [.schedule: #"{"every": "1h"}"#, .more: #""defaults": {"schedule": {"every": "1d", "jitter": "6h"}}"#],
      #"6:23: tokens[0].schedule.every: 1h is shorter than "jitter" of "defaults", 6h"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
