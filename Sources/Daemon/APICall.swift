/// The requests that rolls make.
enum APICall: String, CaseIterable {
  case roll, verify, lookup, create, list, delete

  /// What goes on while one of them is under way.
  var words: String {
    switch self {
    case .roll: "rolling the token"
    case .verify: "asking whether a secret is in force"
    case .lookup: "looking the token up"
    case .create: "creating a token in the place"
    case .list: "looking for a token"
    case .delete: "deleting a token"
    }
  }
}
