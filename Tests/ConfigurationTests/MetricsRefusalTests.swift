import Testing

/// `metrics`. Each refusal, with the place, the path and the words.
@Suite struct MetricsRefusalTests {
  private static let refusals: [Refusal] = [
    Refusal([.more: #""metrics": "/x""#], #"9:14: metrics: must be an object, not a string"#),
    Refusal([.more: #""metrics": {}"#], #"9:14: metrics: "file" is missing"#),
    Refusal([.more: #""metrics": {"every": "1min"}"#], #"9:14: metrics: "file" is missing"#),
    Refusal([.more: #""metrics": {"file": 5}"#], #"9:23: metrics.file: must be a string, not a number"#),
    Refusal(
      [.more: #""metrics": {"file": "x.prom"}"#], #"9:23: metrics.file: "x.prom" is not an absolute path"#),
    Refusal(
      [.more: #""metrics": {"file": "/var/lib/tokenroll/x.prom"}"#],
      #"9:23: metrics.file: "/var/lib/tokenroll/x.prom" is in the state directory, "/var/lib/tokenroll"; write the metrics elsewhere"#
    ),
    Refusal(
      [.more: #""state_directory": "/srv/s", "metrics": {"file": "/srv/s/x.prom"}"#],
      #"9:52: metrics.file: "/srv/s/x.prom" is in the state directory, "/srv/s"; write the metrics elsewhere"#
    ),
    Refusal(
      [.more: #""metrics": {"file": "/etc/tokenroll/config.json"}"#],
      #"9:23: metrics.file: "/etc/tokenroll/config.json" is this configuration, which the metrics would overwrite"#
    ),
    Refusal(
      [.more: #""metrics": {"file": "/etc/tokenroll/main"}"#],
      #"9:23: metrics.file: "/etc/tokenroll/main" is the file of credential "main", which the metrics would overwrite"#
    ),
    Refusal(
      [.more: #""metrics": {"file": "/etc/ca"}, "api": {"ca_file": "/etc/ca"}"#],
      #"9:23: metrics.file: "/etc/ca" is "api.ca_file", which the metrics would overwrite"#),
    Refusal(
      [.more: #""metrics": {"file": "/srv/edge"}"#],
      #"7:22: tokens[0].publish[0].file: "/srv/edge" is "metrics.file", which a roll would overwrite"#),
    Refusal(
      [.more: #""metrics": {"file": "/x", "every": "999ms"}"#],
      #"9:38: metrics.every: "999ms" is out of range: 1s to 1h"#),
    Refusal(
      [.more: #""metrics": {"file": "/x", "every": "61min"}"#],
      #"9:38: metrics.every: "61min" is out of range: 1s to 1h"#),
    Refusal(
      [.more: #""metrics": {"file": "/x", "every": 60}"#],
      #"9:38: metrics.every: must be a time span in quotation marks, such as "30d", not a number"#),
    Refusal(
      [.more: #""metrics": {"file": "/x", "path": "/y"}"#],
      #"9:29: metrics.path: this key is not known; known here: file, every"#),
    Refusal(
      [.more: #""metrics": {"file": "/x", "file": "/y"}"#],
      #"9:29: metrics.file: this key is there twice"#),
  ]

  @Test(arguments: refusals) func isRefused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.expected)
  }
}
