import JSON
import TestSupport

extension Repository {
  /// The schema of the configuration.
  static func schema() throws -> JSONNode {
    try JSONDocument(parsing: Array(text("deploy/config.schema.json").utf8)).root
  }
}
