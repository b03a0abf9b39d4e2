import Configuration
import Core
import Testing

/// A good configuration of one entry, each part on a line of its own, in which parts can be replaced.
struct Sample {
  /// A part, in the order of the lines; `more` is what comes behind `tokens`.
  enum Part: Int, CaseIterable {
    case credentials = 1
    case name, account, token, credential, schedule, publish
    case more = 9

    fileprivate var key: String {
      switch self {
      case .credentials: "credentials"
      case .name: "name"
      case .account: "account_id"
      case .token: "token_id"
      case .credential: "credential"
      case .schedule: "schedule"
      case .publish: "publish"
      case .more: ""
      }
    }

    fileprivate var standard: String {
      switch self {
      case .credentials: #"{"main": {"file": "/etc/tokenroll/main"}}"#
      case .name: #""edge""#
      case .account: #""0123456789abcdef0123456789abcdef""#
      case .token: #""t1""#
      case .credential: #""main""#
      case .schedule: #"{"every": "30d"}"#
      case .publish: #"[{"file": "/srv/edge"}]"#
      case .more: ""
      }
    }
  }

  /// The text.
  let text: String

  /// The sample with the values of `parts` replaced; an empty one leaves the member out.
  init(_ parts: [Part: String] = [:]) {
    func member(_ part: Part, comma: String = ",") -> String {
      let value = parts[part] ?? part.standard
      return value.isEmpty ? "" : "\"\(part.key)\": \(value)\(comma)"
    }
    let lines = [
      "{" + member(.credentials), "\"tokens\": [{" + member(.name), member(.account), member(.token),
      member(.credential), member(.schedule),
      parts[.publish] == "" ? "\"enabled\": true" : member(.publish, comma: ""), "}]",
      parts[.more].map { ", " + $0 } ?? "", "}",
    ]
    text = lines.joined(separator: "\n")
  }

  /// The configuration; throws what is wrong with it.
  func decoded() throws(ConfigurationError) -> Configuration { try decode(text) }

  /// The problems; none where it is accepted.
  func problems() -> [String] {
    do {
      _ = try decoded()
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }
}

/// Decodes `text` as `/etc/tokenroll/config.json` on a machine that knows the zone of Berlin.
func decode(_ text: String, stateDirectory: String = "/var/lib/tokenroll") throws(ConfigurationError)
  -> Configuration
{
  try decode(Array(text.utf8), stateDirectory: stateDirectory)
}

func decode(
  _ text: [UInt8], stateDirectory: String = "/var/lib/tokenroll"
) throws(ConfigurationError) -> Configuration {
  let context = DecodingContext(stateDirectory: stateDirectory) { $0 == "Europe/Berlin" }
  return try text.withUnsafeBytes { bytes in
    Result { () throws(ConfigurationError) in
      try Configuration.decode(bytes, file: "/etc/tokenroll/config.json", context: context)
    }
  }.get()
}
