/// The status line and the few header fields of an answer that mean something here.
struct AnswerHead: Sendable {
  /// The status of the last status line, interim ones (1xx) included.
  private(set) var status: Int?
  /// True once the header section of a final answer has ended: only then is its status to be trusted.
  private(set) var isComplete = false
  /// `cf-ray`.
  private(set) var ray: String?
  /// `Date`, unread.
  private(set) var date: String?
  /// `Retry-After`, unread.
  private(set) var retryAfter: String?
  /// `Ratelimit`, unread; where the field is repeated, joined as one list.
  private(set) var rateLimit: String?
  /// `Ratelimit-Policy`, unread.
  private(set) var rateLimitPolicy: String?

  /// Takes in one line of the header section, with its line end.
  mutating func append(line: UnsafeRawBufferPointer) {
    if line.starts(with: "HTTP/".utf8) {
      self = AnswerHead()
      status = Self.status(of: line)
      return
    }
    guard !isComplete else { return }
    if line.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) {
      isComplete = (status ?? 0) >= 200
      return
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
    let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
    if Self.isName(name, "cf-ray") {
      ray = printable(Self.value(line[(colon + 1)...]), limit: 64)
    } else if Self.isName(name, "date") {
      date = Self.value(line[(colon + 1)...])
    } else if Self.isName(name, "retry-after") {
      retryAfter = Self.value(line[(colon + 1)...])
    } else if Self.isName(name, "ratelimit") {
      rateLimit = Self.joined(rateLimit, Self.value(line[(colon + 1)...]))
    } else if Self.isName(name, "ratelimit-policy") {
      rateLimitPolicy = Self.joined(rateLimitPolicy, Self.value(line[(colon + 1)...]))
    }
  }

  private static func status(of line: UnsafeRawBufferPointer) -> Int? {
    let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
    guard words.count > 1 else { return nil }
    let code = words[1].prefix { $0 > 0x20 }
    guard code.count == 3 else { return nil }
    return Int(String(decoding: code, as: UTF8.self))
  }

  private static func isName(_ name: UnsafeRawBufferPointer, _ wanted: String) -> Bool {
    name.count == wanted.utf8.count
      && zip(name, wanted.utf8).allSatisfy { (0x41...0x5A).contains($0) ? $0 | 0x20 == $1 : $0 == $1 }
  }

  private static func value(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    let start = bytes.drop { $0 <= 0x20 }
    let end = start.lastIndex { $0 > 0x20 } ?? start.startIndex
    return start.isEmpty ? "" : String(decoding: start[...end], as: UTF8.self)
  }

  private static func joined(_ earlier: String?, _ value: String) -> String {
    earlier.map { $0 + ", " + value } ?? value
  }
}
