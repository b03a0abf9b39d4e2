import Testing

/// `api`. Each refusal, with the place, the path and the words.
@Suite struct APIRefusalTests {
  private static let refusals: [Refusal] = [
    Refusal([.more: #""api": {"base_url": 1}"#], #"9:23: api.base_url: must be a string, not a number"#),
    Refusal(
      [.more: #""api": {"base_url": "api.cloudflare.com"}"#],
      #"9:23: api.base_url: the URL does not begin with "https://""#),
    Refusal(
      [.more: #""api": {"base_url": "ftp://x"}"#],
      #"9:23: api.base_url: the URL does not begin with "https://""#),
    Refusal(
      [.more: #""api": {"base_url": "HTTPS://x"}"#],
      #"9:23: api.base_url: the URL does not begin with "https://""#),
    Refusal(
      [.more: #""api": {"base_url": ""}"#], #"9:23: api.base_url: the URL does not begin with "https://""#),
    Refusal(
      [.more: #""api": {"base_url": "https://x/v4?a=b"}"#], #"9:23: api.base_url: the URL has a query"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x/v4#f"}"#], #"9:23: api.base_url: the URL has a fragment"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x/v4/"}"#],
      #"9:23: api.base_url: the URL ends with a slash; write it without"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x/"}"#],
      #"9:23: api.base_url: the URL ends with a slash; write it without"#),
    Refusal(
      [.more: #""api": {"base_url": "https://"}"#],
      #"9:23: api.base_url: "" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://user@x/v4"}"#],
      #"9:23: api.base_url: the URL names a user; the credential is configured under "credentials""#),
    Refusal(
      [.more: #""api": {"base_url": "https://u:p@x"}"#],
      #"9:23: api.base_url: the URL names a user; the credential is configured under "credentials""#),
    Refusal(
      [.more: #""api": {"base_url": "https://x y/"}"#],
      #"9:23: api.base_url: the URL has a character that a URL cannot have; write it as %XX"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x/é"}"#],
      #"9:23: api.base_url: the URL has a character that a URL cannot have; write it as %XX"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x/a\\b"}"#],
      #"9:23: api.base_url: the URL has a character that a URL cannot have; write it as %XX"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x\u0000"}"#],
      #"9:23: api.base_url: the URL has a character that a URL cannot have; write it as %XX"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x//v4"}"#],
      #"9:23: api.base_url: the URL's path has an empty, "." or ".." component"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x/../v4"}"#],
      #"9:23: api.base_url: the URL's path has an empty, "." or ".." component"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x/./v4"}"#],
      #"9:23: api.base_url: the URL's path has an empty, "." or ".." component"#),
    Refusal(
      [.more: #""api": {"base_url": "https://:443"}"#],
      #"9:23: api.base_url: ":443" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x:"}"#],
      #"9:23: api.base_url: "x:" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x:0"}"#],
      #"9:23: api.base_url: "x:0" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x:65536"}"#],
      #"9:23: api.base_url: "x:65536" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x:+1"}"#],
      #"9:23: api.base_url: "x:+1" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://x:44a"}"#],
      #"9:23: api.base_url: "x:44a" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://a..b"}"#],
      #"9:23: api.base_url: "a..b" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://[::1"}"#],
      #"9:23: api.base_url: "[::1" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://[]"}"#],
      #"9:23: api.base_url: "[]" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://[::g]"}"#],
      #"9:23: api.base_url: "[::g]" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "https://[::1]x"}"#],
      #"9:23: api.base_url: "[::1]x" is not a host, or a host and a port"#),
    Refusal(
      [.more: #""api": {"base_url": "http://api.cloudflare.com"}"#],
      #"9:23: api.base_url: "http://" would send the credential in the clear; it is accepted for loopback addresses only"#
    ),
    Refusal(
      [.more: #""api": {"base_url": "http://128.0.0.1"}"#],
      #"9:23: api.base_url: "http://" would send the credential in the clear; it is accepted for loopback addresses only"#
    ),
    Refusal(
      [.more: #""api": {"base_url": "http://127.0.0.1.example.org"}"#],
      #"9:23: api.base_url: "http://" would send the credential in the clear; it is accepted for loopback addresses only"#
    ),
    Refusal(
      [.more: #""api": {"base_url": "http://127.0.0.256"}"#],
      #"9:23: api.base_url: "http://" would send the credential in the clear; it is accepted for loopback addresses only"#
    ),
    Refusal(
      [.more: #""api": {"base_url": "http://127.1"}"#],
      #"9:23: api.base_url: "http://" would send the credential in the clear; it is accepted for loopback addresses only"#
    ),
    Refusal(
      [.more: #""api": {"base_url": "http://127.0.0.01"}"#],
      #"9:23: api.base_url: "http://" would send the credential in the clear; it is accepted for loopback addresses only"#
    ),
    Refusal(
      [.more: #""api": {"base_url": "http://[::2]"}"#],
      #"9:23: api.base_url: "http://" would send the credential in the clear; it is accepted for loopback addresses only"#
    ),
    Refusal(
      [.more: #""api": {"base_url": "http://localhost.example.org"}"#],
      #"9:23: api.base_url: "http://" would send the credential in the clear; it is accepted for loopback addresses only"#
    ),
    Refusal(
      [.more: #""api": {"base_url": "http://127.0.0.1@example.org/"}"#],
      #"9:23: api.base_url: the URL names a user; the credential is configured under "credentials""#),
    Refusal(
      [.more: #""api": {"timeout": 30}"#],
      #"9:22: api.timeout: must be a time span in quotation marks, such as "30d", not a number"#),
    Refusal(
      [.more: #""api": {"timeout": "30"}"#],
      #"9:22: api.timeout: "30" is not a time span (the number 30 has no unit: write "30s" for seconds); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.more: #""api": {"timeout": "5x"}"#],
      #"9:22: api.timeout: "5x" is not a time span (found "x" where a unit (us, ms, s, min, h, d, w, M, y) was expected); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.more: #""api": {"timeout": "999ms"}"#], #"9:22: api.timeout: "999ms" is out of range: 1s to 10min"#),
    Refusal(
      [.more: #""api": {"timeout": "601s"}"#], #"9:22: api.timeout: "601s" is out of range: 1s to 10min"#),
    Refusal(
      [.more: #""api": {"timeout": "-5s"}"#],
      #"9:22: api.timeout: "-5s" is not a time span (found "-": a time span cannot be negative); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.more: #""api": {"timeout": "infinity"}"#],
      #"9:22: api.timeout: "infinity" is not a time span ("infinity" is not accepted: expected a finite time span); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.more: #""api": {"timeout": ""}"#],
      #"9:22: api.timeout: "" is not a time span (the text ends where a time span such as "12h 30min" was expected); write e.g. "30d" or "12h 30min""#
    ),
    Refusal(
      [.more: #""api": {"connect_timeout": "99ms"}"#],
      #"9:30: api.connect_timeout: "99ms" is out of range: 100ms to 10min"#),
    Refusal(
      [.more: #""api": {"connect_timeout": "11min"}"#],
      #"9:30: api.connect_timeout: "11min" is out of range: 100ms to 10min"#),
    Refusal(
      [.more: #""api": {"connect_timeout": "31s"}"#],
      #"9:30: api.connect_timeout: 31s is longer than "timeout", 30s"#),
    Refusal(
      [.more: #""api": {"timeout": "5s", "connect_timeout": "6s"}"#],
      #"9:47: api.connect_timeout: 6s is longer than "timeout", 5s"#),
    Refusal(
      [.more: #""api": {"connect_timeout": "6s", "timeout": "5s"}"#],
      #"9:30: api.connect_timeout: 6s is longer than "timeout", 5s"#),
    Refusal(
      [.more: #""api": {"connect_timeout": true}"#],
      #"9:30: api.connect_timeout: must be a time span in quotation marks, such as "30d", not a boolean"#),
    Refusal(
      [.more: #""api": {"settle_time": "601s"}"#],
      #"9:26: api.settle_time: "601s" is out of range: 0 to 10min"#),
    Refusal(
      [.more: #""api": {"settle_time": null}"#],
      #"9:26: api.settle_time: must be a time span in quotation marks, such as "30d", not null"#),
    Refusal(
      [.more: #""api": {"ca_file": "ca.pem"}"#], #"9:22: api.ca_file: "ca.pem" is not an absolute path"#),
    Refusal([.more: #""api": {"ca_file": 1}"#], #"9:22: api.ca_file: must be a string, not a number"#),
    Refusal(
      [.more: #""api": {"max_in_flight": 0}"#],
      #"9:28: api.max_in_flight: must be a whole number from 1 to 256"#),
    Refusal(
      [.more: #""api": {"max_in_flight": 257}"#],
      #"9:28: api.max_in_flight: must be a whole number from 1 to 256"#),
    Refusal(
      [.more: #""api": {"max_in_flight": "8"}"#],
      #"9:28: api.max_in_flight: must be a whole number, not a string"#),
    Refusal(
      [.more: #""api": {"max_in_flight": 8.0}"#],
      #"9:28: api.max_in_flight: must be a whole number from 1 to 256"#),
    Refusal(
      [.more: #""api": {"max_in_flight": 1e2}"#],
      #"9:28: api.max_in_flight: must be a whole number from 1 to 256"#),
    Refusal(
      [.more: #""api": {"max_in_flight": -1}"#],
      #"9:28: api.max_in_flight: must be a whole number from 1 to 256"#),
    Refusal(
      [.more: #""api": {"max_in_flight": 99999999999999999999}"#],
      #"9:28: api.max_in_flight: must be a whole number from 1 to 256"#),
    Refusal([.more: #""api": {"rate_limit": 5}"#], #"9:25: api.rate_limit: must be an object, not a number"#),
    Refusal(
      [.more: #""api": {"rate_limit": {"requests": 0}}"#],
      #"9:38: api.rate_limit.requests: must be a whole number from 1 to 1000000"#),
    Refusal(
      [.more: #""api": {"rate_limit": {"requests": 1000001}}"#],
      #"9:38: api.rate_limit.requests: must be a whole number from 1 to 1000000"#),
    Refusal(
      [.more: #""api": {"rate_limit": {"per": "999ms"}}"#],
      #"9:33: api.rate_limit.per: "999ms" is out of range: 1s to 1d"#),
    Refusal(
      [.more: #""api": {"rate_limit": {"per": "86401s"}}"#],
      #"9:33: api.rate_limit.per: "86401s" is out of range: 1s to 1d"#),
    Refusal(
      [.more: #""api": {"rate_limit": {"per": 5}}"#],
      #"9:33: api.rate_limit.per: must be a time span in quotation marks, such as "30d", not a number"#),
    Refusal(
      [.more: #""api": {"rate_limit": {"period": "5s"}}"#],
      #"9:26: api.rate_limit.period: this key is not known; did you mean "per"?"#),
    Refusal(
      [.more: #""api": {"rate_limit": {"per": "5s", "per": "6s"}}"#],
      #"9:39: api.rate_limit.per: this key is there twice"#),
    Refusal(
      [.more: #""api": {"baseurl": "https://x"}"#],
      #"9:11: api.baseurl: this key is not known; did you mean "base_url"?"#),
    Refusal(
      [.more: #""api": {"base-url": "https://x"}"#],
      #"9:11: api.base-url: this key is not known; did you mean "base_url"?"#),
    Refusal(
      [.more: #""api": {"retries": 5}"#],
      #"9:11: api.retries: this key is not known; known here: base_url, timeout, connect_timeout, settle_time, ca_file, max_in_flight, rate_limit"#
    ),
    Refusal(
      [.more: #""api": {"timeout": "5s", "timeout": "6s"}"#], #"9:28: api.timeout: this key is there twice"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
