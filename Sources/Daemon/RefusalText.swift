internal import Core

/// Why nothing can be done with an entry, in words.
public enum RefusalText {
  /// There is none of this name among `names`.
  public static func noSuchEntry(_ name: String, among names: [String]) -> String {
    noSuchEntry(name, nearest: Spelling.nearest(to: name, of: names))
  }

  /// There is none of this name; `nearest` is what may have been meant.
  public static func noSuchEntry(_ name: String, nearest: String?) -> String {
    "there is no entry \"\(name)\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
  }

  /// The configuration freezes it.
  public static func disabled(_ name: String) -> String {
    "\(name) is frozen by \"enabled\": false in the configuration"
  }

  /// An operator has paused it.
  public static func paused(_ name: String, reason: String) -> String {
    "\(name) is paused (\(reason)); end that with `tokenroll resume` first"
  }

  /// A roll of it is under way.
  public static func inHand(_ name: String, phase: String) -> String {
    "a roll of \(name) is in hand already (phase \(phase))"
  }
}
