import Core
import Testing

@testable import CloudflareAPI

/// Header fields: `Retry-After`, `Ratelimit`, the head as a whole.
struct FieldTests {
  @Test(
    arguments: [
      ("0", .zero), ("17", .seconds(17)), ("86400", .days(1)), ("86401", .days(1)),
      ("99999999999999999999999", .days(1)), ("-1", nil), ("+1", nil), ("1.5", nil), ("", nil), ("soon", nil),
      ("١", nil),
      ("Tue, 14 Nov 2023 22:13:30 GMT", .seconds(10)), ("Tue, 14 Nov 2023 22:13:20 GMT", .zero),
      ("Tue, 14 Nov 2023 22:13:19 GMT", .zero), ("Thu, 01 Jan 1970 00:00:00 GMT", .zero),
      ("Fri, 31 Dec 9999 23:59:59 GMT", .days(1)), ("Tue, 14 Nov 2023 22:13:30 CET", nil),
    ] as [(String, TimeSpan?)])
  func retryAfterIsReadInBothForms(_ field: String, _ expected: TimeSpan?) {
    #expect(retryAfter(field, now: StoppedClock().now) == expected)
  }

  @Test(
    arguments: [
      (#""default";r=50;t=30"#, nil, 50, .seconds(30)),
      (#""default" ; r=50 ; t=30"#, nil, 50, .seconds(30)),
      (#""burst";r=9;t=1, "default";r=3;t=200"#, nil, 3, .seconds(200)),
      (#""default";r=0"#, #""default";q=1200;w=300"#, 0, .seconds(300)),
      (#""default";r=0"#, #""other";q=1200;w=300"#, 0, nil),
      (#""default";r=1;t=999999999"#, nil, 1, .days(1)),
      ("limit=100, remaining=40, reset=20", nil, 40, .seconds(20)),
      ("limit=100,remaining=40", nil, 40, nil),
      ("Limit=100; Remaining=40; Reset=20", nil, 40, .seconds(20)),
      ("", nil, nil, nil), ("garbage", nil, nil, nil), (#""default";r=-5;t=3"#, nil, nil, nil),
      (#""default";r=x"#, nil, nil, nil), (#""default";t=3"#, nil, nil, nil), (",;=,", nil, nil, nil),
    ] as [(String, String?, Int?, TimeSpan?)])
  func theBudgetIsReadInBothForms(_ field: String, _ policy: String?, _ remaining: Int?, _ reset: TimeSpan?) {
    let expected = remaining.map { RateLimitStatus(remaining: $0, reset: reset) }
    #expect(RateLimitStatus(field: field, policy: policy) == expected)
  }

  private func head(_ lines: [String]) -> AnswerHead {
    var head = AnswerHead()
    for line in lines { Array((line + "\r\n").utf8).withUnsafeBytes { head.append(line: $0) } }
    return head
  }

  @Test func fieldsAreFoundWhateverTheirCase() {
    let head = head([
      "HTTP/2 429", "CF-RAY:  1-AMS \t", "retry-after: 5", "RateLimit: \"a\";r=1", "ratelimit: \"b\";r=2", "",
    ])
    #expect(head.status == 429)
    #expect(head.isComplete)
    #expect(head.ray == "1-AMS")
    #expect(head.retryAfter == "5")
    #expect(head.rateLimit == "\"a\";r=1, \"b\";r=2")
  }

  @Test func anInterimHeadIsForgotten() {
    let head = head(["HTTP/1.1 103 Early Hints", "cf-ray: a", "", "HTTP/1.1 200 OK"])
    #expect(head.status == 200)
    #expect(!head.isComplete)
    #expect(head.ray == nil)
  }

  @Test func trailersChangeNothing() {
    let head = head(["HTTP/1.1 200 OK", "cf-ray: a", "", "cf-ray: b", "Retry-After: 5"])
    #expect(head.ray == "a")
    #expect(head.retryAfter == nil)
  }

  @Test(arguments: ["HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 abc OK"])
  func aStatusLineThatCannotBeReadHasNoStatus(_ line: String) {
    #expect(head([line, ""]).status == nil)
    #expect(!head([line, ""]).isComplete)
  }
}
