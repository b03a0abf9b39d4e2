/// The status of a token as the API tells it.
public enum TokenStatus: Sendable, Hashable, CustomStringConvertible {
  /// In force.
  case active
  /// Switched off by someone.
  case disabled
  /// Past its `expires_on`.
  case expired
  /// A status that the API's description of 2026-08 does not know; at most 200 printable characters.
  case other(String)

  /// The status of that name.
  public init(_ name: String) {
    switch name {
    case "active": self = .active
    case "disabled": self = .disabled
    case "expired": self = .expired
    default: self = .other(name)
    }
  }

  /// The name by which the API calls it.
  public var description: String {
    switch self {
    case .active: "active"
    case .disabled: "disabled"
    case .expired: "expired"
    case .other(let name): name
    }
  }
}
