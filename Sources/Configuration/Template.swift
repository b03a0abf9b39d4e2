/// A file of the user's that is filled in with a new secret and what it belongs to.
///
/// `{{secret}}` and the other names stand for values, `{{secret|json}}` for one that is quoted, `{{{{` for two braces.
public struct Template: Sendable, Equatable {
  /// What can stand between the braces.
  public enum Name: String, Sendable, CaseIterable {
    /// The new secret.
    case secret
    /// SHA-256 of the secret as 64 lower-case hexadecimal digits: for R2, the secret access key.
    case secretSHA256 = "secret_sha256"
    /// The token's identifier.
    case tokenID = "token_id"
    /// The account's identifier.
    case accountID = "account_id"
    /// The entry's name.
    case entry
    /// When the roll began (RFC 3339, UTC, to the second).
    case rolledAt = "rolled_at"
  }

  /// How a value is quoted, behind a `|`.
  public enum Filter: String, Sendable, CaseIterable {
    /// Fit to stand in a string of JSON, between its quotation marks.
    case json
    /// Fit to stand behind the `=` of an assignment that a shell reads, in quotation marks where they are needed.
    case shell
  }

  /// A part of the file.
  public enum Piece: Sendable, Equatable {
    /// Bytes that stand for themselves.
    case literal([UInt8])
    /// A value.
    case value(Name, Filter?)
  }

  /// The largest file, in bytes.
  public static let mostBytes = 64 << 10
  /// The most values in one.
  public static let mostValues = 100

  /// The parts, in their order; no two literals side by side.
  public let pieces: [Piece]

  /// Reads a template of at most 64 KiB, which problems call `file`; throws all that is wrong with it at once.
  public static func parse(
    _ text: UnsafeRawBufferPointer, file: String
  ) throws(ConfigurationError) -> Template {
    var parser = TemplateParser(text)
    let problems = parser.run()
    guard problems.isEmpty else { throw ConfigurationError(file: file, problems: problems) }
    return Template(pieces: parser.pieces)
  }
}
