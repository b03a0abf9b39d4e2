/// The name of a token that is created in the place of another: it says which roll made it, so that it is found again
/// where the answer to its creation is lost.
public enum ReplacementName {
  /// The most characters that the API lets the name of a token have (`iam_token_name`).
  public static let longest = 120

  private static let opening = " (tokenroll "
  private static let closing = ")"
  /// The digits of a `RollID`.
  private static let digits = 32

  /// The name that roll `roll` gives to what replaces the token `name`: the name without the mark of an earlier roll, cut where
  /// it is too long, and the mark of this one.
  public static func make(after name: String, _ roll: RollID) -> String {
    let mark = mark(of: roll)
    return String(base(of: name).unicodeScalars.prefix(longest - mark.utf8.count)) + mark
  }

  /// Whether roll `roll` gave the name `name`.
  public static func isMade(_ name: String, by roll: RollID) -> Bool { name.hasSuffix(mark(of: roll)) }

  private static func mark(of roll: RollID) -> String { "\(opening)\(roll)\(closing)" }

  private static func base(of name: String) -> Substring {
    guard name.hasSuffix(closing) else { return name[...] }
    let (rest, id) = (name.dropLast(digits + 1), name.dropLast().suffix(digits))
    return rest.hasSuffix(opening) && RollID(id) != nil ? rest.dropLast(opening.count) : name[...]
  }
}
