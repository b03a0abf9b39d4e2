/// One way in which a token, its published secret or a file is not as it should be.
public struct Drift: Hashable, Sendable {
  /// What is wrong.
  public enum Kind: String, Sendable, CaseIterable {
    /// The API refuses the published secret: somebody rolled the token.
    case secretRefused = "secret-refused"
    /// The published secret belongs to another token.
    case otherToken = "other-token"
    /// A file is gone.
    case fileMissing = "file-missing"
    /// A file does not hold the secret that was published, or is no file any more.
    case fileChanged = "file-changed"
    /// A file's rights are not those configured, and cannot be put right.
    case rightsWrong = "rights-wrong"
    /// The token is disabled or expired.
    case tokenInactive = "token-inactive"
    /// The token expires soon, or before its next roll.
    case tokenExpiring = "token-expiring"

    /// Whether a roll mends it.
    public var isMendedByRoll: Bool {
      switch self {
      case .secretRefused, .fileMissing, .fileChanged: true
      case .otherToken, .rightsWrong, .tokenInactive, .tokenExpiring: false
      }
    }

    /// Whether it is about the token, which a roll leaves as it is.
    public var concernsToken: Bool { self == .tokenInactive || self == .tokenExpiring }
  }

  /// What is wrong.
  public var kind: Kind
  /// The file concerned; empty where it is no file.
  public var file: String

  /// A drift of `file`, or of the token or its secret where that is empty.
  public init(_ kind: Kind, file: String = "") {
    self.kind = kind
    self.file = file
  }
}
