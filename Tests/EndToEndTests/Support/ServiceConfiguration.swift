import Glibc

/// What a service under test is configured to do.
struct ServiceConfiguration: Sendable {
  /// A file that gets the secret.
  struct Destination: Sendable {
    /// Empty for a directory, which `others` describes.
    var file: String
    var format = "raw"
    var mode = "0600"
    /// Further members, each with its value in JSON.
    var others: [String: String] = [:]

    /// A directory with a link of the usual name; `files` in JSON.
    static func directory(
      _ path: String, files: String, mode: String = "0600", _ others: [String: String] = [:]
    ) -> Destination {
      let own = ["directory": quoted(path), "files": files]
      return Destination(file: "", mode: mode, others: others.merging(own) { $1 })
    }
  }

  /// A token with its schedule.
  struct Entry: Sendable {
    var name: String
    var account: String
    var token: String
    /// The other token of an alternating pair.
    var twin: String?
    /// How long a replaced token stays; nil with the strategy `roll`.
    var grace: String?
    /// In JSON.
    var schedule = Self.once
    var credential = "sandbox"
    /// The credential that the token is; nil for none.
    var provide: String?
    var enabled = true
    /// Units to reload.
    var reload: [String] = []
    /// In JSON.
    var verify = "{}"
    /// Programs to run, by the key that names the occasion, each list in JSON.
    var programs: [String: String] = [:]
    var publish: [Destination]

    /// Due at once, and then not again while a test runs.
    static let once = #"{"every": "1y", "first": "now", "jitter": "0s"}"#

    /// Never due while a test runs.
    static let later = #"{"every": "1y", "jitter": "0s"}"#

    /// The hour of the day, UTC, so many hours from now.
    static func hour(in hours: Int) -> String {
      let hour = (time(nil) / 3_600 + hours) % 24
      return hour < 10 ? "0\(hour)" : "\(hour)"
    }

    /// Windows around now, in JSON: three hours, so that a test may run across the end of one.
    static var nextThreeHours: String {
      "[\((0..<3).map { "\"\(hour(in: $0)):*:* UTC\"" }.joined(separator: ", "))]"
    }

    static func every(_ span: String) -> String { #"{"every": "\#(span)", "first": "now", "jitter": "0s"}"# }
  }

  var baseURL: String
  var caFile: String?
  var credentials: [String: String]
  var stateDirectory: String
  /// How new secrets are kept; nil where nothing is said.
  var escrow: String?
  /// Further members of `api`, each with its value in JSON.
  var api: [String: String] = ["settle_time": "\"0s\""]
  /// In JSON; nil for none.
  var metrics: String?
  var entries: [Entry] = []

  var json: String {
    var api = self.api
    api["base_url"] = Self.quoted(baseURL)
    if let caFile { api["ca_file"] = Self.quoted(caFile) }
    let credentials = self.credentials.mapValues { "{\"file\": \(Self.quoted($0))}" }
    let tokens = entries.map(Self.json).joined(separator: ",\n")
    return """
      {"api": \(Self.object(api)), "credentials": \(Self.object(credentials)),
      "state_directory": \(Self.quoted(stateDirectory)),
      \(escrow.map { "\"escrow\": \(Self.quoted($0)), " } ?? "")\(metrics.map { "\"metrics\": \($0), " } ?? "")"tokens": [
      \(tokens)
      ]}
      """
  }

  private static func json(_ entry: Entry) -> String {
    let publish = entry.publish.map { destination in
      var members = destination.others
      if !destination.file.isEmpty {
        members["file"] = quoted(destination.file)
        members["format"] = quoted(destination.format)
      }
      members["mode"] = quoted(destination.mode)
      return object(members)
    }
    let tokens =
      entry.twin.map { ["token_ids": "[\(quoted(entry.token)), \(quoted($0))]"] }
      ?? ["token_id": quoted(entry.token)]
    var members = [
      "name": quoted(entry.name), "account_id": quoted(entry.account),
      "credential": quoted(entry.credential), "enabled": "\(entry.enabled)", "schedule": entry.schedule,
      "publish": "[\(publish.joined(separator: ", "))]",
      "verify": entry.verify,
      "reload": "[\(entry.reload.map(quoted).joined(separator: ", "))]",
    ]
    members["provide"] = entry.provide.map(quoted)
    if entry.provide == entry.credential { members["allow_self_roll"] = "true" }
    if entry.publish.isEmpty { members["publish"] = nil }
    if let grace = entry.grace {
      members["strategy"] = quoted("replace")
      members["grace"] = quoted(grace)
    }
    return object(members.merging(tokens) { $1 }.merging(entry.programs) { $1 })
  }

  /// A list with one program, in JSON; `others` are further members, each with its value in JSON.
  static func program(_ command: [String], _ others: [String: String] = [:]) -> String {
    let words = command.map(quoted).joined(separator: ", ")
    return "[\(object(others.merging(["command": "[\(words)]"]) { $1 }))]"
  }

  private static func object(_ members: [String: String]) -> String {
    "{\(members.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \($0.value)" }.joined(separator: ", "))}"
  }

  static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
