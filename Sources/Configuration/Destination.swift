/// A file in which consumers read the secret: one element of `publish`, or one of the files of a directory there.
public struct Destination: Sendable, Hashable {
  /// How the secret is written.
  public enum Format: String, Sendable, CaseIterable {
    /// The secret alone, no newline.
    case raw
    /// `KEY=secret` and a newline, fit for EnvironmentFile= (systemd.exec(5)).
    case env
    /// An object with the secret under `key`, `token_id`, `account_id`, `rolled_at` (RFC 3339, UTC).
    case json
    /// S3 credentials for R2 as environment: `AWS_ACCESS_KEY_ID` (the token's id) and `AWS_SECRET_ACCESS_KEY`.
    case r2Env = "r2-env"
    /// S3 credentials for R2 as an object: `access_key_id`, `secret_access_key` and what `json` has beside the secret.
    case r2JSON = "r2-json"
    /// What a file of the user's says, filled in: see ``Template``.
    case template
    /// The secret encrypted for this machine, for LoadCredentialEncrypted= of a unit (systemd.exec(5), systemd-creds(1)).
    case credential
  }

  /// A thing that is refused unless the entry allows it by name in `allow`.
  public enum Exception: String, Sendable, CaseIterable {
    /// `symbolic_link`: the last component of the directory, or the file, is a symbolic link.
    case symbolicLink = "symbolic_link"
    /// `writable_by_others`: others than the service and root can write to the directory.
    case writableByOthers = "writable_by_others"
  }

  /// The most former contents that are kept beside a file.
  public static let mostPrevious = 10

  /// The most files of a directory that are replaced together.
  public static let mostFiles = 100

  /// `file`: an absolute path without `.`, `..` or empty components; of a file in a directory the path through its link.
  public let file: String
  /// The rest, which destinations share that say the same.
  var terms: Shared<DestinationTerms>

  /// A destination; see the members for the ranges.
  public init(
    file: String, format: Format = .raw, key: String? = nil, template: String? = nil, name: String? = nil,
    mode: UInt16 = 0o600, owner: String? = nil, group: String? = nil, allow: Set<Exception> = [],
    keepPrevious: Int? = nil, isBehindLink: Bool = false
  ) {
    self.file = file
    terms = Shared(
      DestinationTerms(
        format: format, key: key, template: template, name: name, mode: mode, owner: owner, group: group,
        allow: allow, keepPrevious: keepPrevious, isBehindLink: isBehindLink))
  }
}

// MARK: - What destinations share

extension Destination {
  /// `format`.
  public var format: Format { terms.value.format }
  /// `key`: the variable (`env`, default `CLOUDFLARE_API_TOKEN`) or the member (`json`, default `token`); nil else.
  public var key: String? { terms.value.key }
  /// `template`: the file that the format `template` fills in, an absolute path; nil for the other formats.
  public var template: String? { terms.value.template }
  /// `name`: the credential's name (`credential`), which is encrypted with the secret; nil is the file's own, and for other
  /// formats.
  public var name: String? { terms.value.name }
  /// `mode`: permission bits, no execution, none for others; the owner can read.
  public var mode: UInt16 { terms.value.mode }
  /// `owner`: a user's name or number; nil is the service's user.
  public var owner: String? { terms.value.owner }
  /// `group`: a group's name or number; nil is the service's group.
  public var group: String? { terms.value.group }
  /// `allow`.
  public var allow: Set<Exception> { terms.value.allow }
  /// `keep_previous`: how many former contents stay beside the file, 0 to 10; nil leaves alone what is there.
  public var keepPrevious: Int? { terms.value.keepPrevious }
  /// Whether the file is replaced together with others, in a directory behind a link: see ``link``.
  public var isBehindLink: Bool { terms.value.isBehindLink }
}
