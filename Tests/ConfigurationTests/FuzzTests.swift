import Configuration
import JSON
import Testing

/// No text crashes the decoder, and whatever is refused is refused with a reason and a place.
@Suite struct FuzzTests {
  private static let seed = """
    {"$schema": "x", "state_directory": "/srv/state", "api": {"base_url": "http://[::1]:8080/v4", "timeout": "20s",
    "connect_timeout": "5s", "settle_time": "1min", "ca_file": "/etc/own.pem", "max_in_flight": 4, "rate_limit":
    {"requests": 100, "per": "1min"}}, "credentials": {"main": {"file": "/etc/a"}, "b": {"file": "cred-b"}},
    "defaults": {"credential": "main", "account_id": "0123456789abcdef0123456789abcdef", "schedule": {"every": "30d",
    "jitter": "6h", "catch_up": true}, "publish": {"mode": "0640", "owner": "root", "group": "33", "format": "env",
    "allow": ["symbolic_link"]}}, "tokens": [{"name": "a", "token_id": "t1", "publish": [{"file": "/srv/a"}]},
    {"name": "b", "enabled": false, "token_id": "t2", "credential": "b", "schedule": {"calendar": "Mon 03:00 UTC",
    "first": "now", "not_during": ["Mon..Fri 08..17:*:*"]}, "publish": [{"file": "/srv/b", "format": "json",
    "key": "k"}, {"file": "/srv/c", "format": "r2-env", "mode": "0600"}]}]}
    """

  /// The text in words, marks and spaces.
  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = []
    var isInWord = false
    for character in text {
      let isWord = character.isLetter || character.isNumber || character == "_" || character == "/"
      if isWord, isInWord {
        tokens[tokens.count - 1].append(character)
      } else {
        tokens.append(String(character))
      }
      isInWord = isWord
    }
    return tokens
  }

  @Test func configurationsWithOneChangeAreDecodedOrRefusedWithReasons() throws {
    let seed = Self.tokens(Self.seed)
    _ = try decode(Self.seed)
    var accepted = 0
    var refusedForMeaning = 0
    func judge(_ tokens: [String]) {
      do {
        _ = try decode(tokens.joined())
        accepted += 1
      } catch {
        #expect(error.count >= 1 && error.problems.count == error.count)
        #expect(error.problems.allSatisfy { !$0.message.isEmpty })
        #expect(zip(error.problems, error.problems.dropFirst()).allSatisfy { $0.position <= $1.position })
        if error.problems.contains(where: { !$0.path.isEmpty }) { refusedForMeaning += 1 }
      }
    }
    for place in seed.indices {
      judge(Array(seed[..<place] + seed[(place + 1)...]))
      judge(Array(seed[...place] + seed[place...]))
      for addition in ["0", "é", "\u{0}", "..", "-", "\\u0000"] {
        var tokens = seed
        tokens[place].append(addition)
        judge(tokens)
      }
      var swapped = seed
      swapped.swapAt(place, (place * 7 + 3) % seed.count)
      judge(swapped)
    }
    #expect(accepted > 100)
    #expect(refusedForMeaning > 500)
  }
}
