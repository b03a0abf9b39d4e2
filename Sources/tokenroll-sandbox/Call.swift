/// The calls of the API, by the names that faults, history and documentation give them.
enum Call: String, Sendable, CaseIterable {
  case list, create, get, update, delete, roll, verify
  case permissionGroups = "permission_groups"

  /// True for the calls that change nothing, for which the right to read tokens is enough.
  var isReading: Bool {
    switch self {
    case .list, .get, .verify, .permissionGroups: true
    case .create, .update, .delete, .roll: false
    }
  }
}
