internal import Core
internal import JSON

/// What stands for a text that may be a secret.
let redacted = "<redacted>"

/// `text` in quotation marks as JSON writes it, cut after 60 characters; what looks like a secret is not quoted.
func quotation(_ text: String) -> String {
  guard !looksLikeSecret(text) else { return redacted }
  var writer = JSONWriter()
  let start = text.unicodeScalars.prefix(60)
  writer.value(start.endIndex == text.endIndex ? text : String(start) + "…")
  return String(decoding: writer.bytes, as: UTF8.self)
}

/// The words in quotation marks, with commas.
func list(_ words: [String]) -> String { words.map { "\"\($0)\"" }.joined(separator: ", ") }

/// Says that `text` is none of the words that are `known`, and which of them may have been meant.
func noneOf(_ known: [String], _ text: String) -> String {
  let refusal = "\(quotation(text)) is none of \(list(known))"
  guard let nearest = Spelling.nearest(to: text, of: known) else { return refusal }
  return refusal + "; did you mean \"\(nearest)\"?"
}

/// True for what has the form of an API token: a known beginning, or 40 and more letters, digits, `_` and `-`.
func looksLikeSecret(_ text: String) -> Bool {
  let bytes = Array(text.utf8)
  let hasPrefix = bytes.indices.contains { start in
    ["cfat_", "cfut_", "cfk_"].contains { bytes[start...].starts(with: $0.utf8) }
  }
  if hasPrefix { return true }
  return text.utf8.count >= 40 && text.utf8.allSatisfy { $0.isWordCharacter }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isLowerCaseLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
  var isLetter: Bool { (self | 0x20).isLowerCaseLetter }
  /// A letter, a digit, `_` or `-`.
  var isWordCharacter: Bool { isLetter || isDigit || self == UInt8(ascii: "_") || self == UInt8(ascii: "-") }
}
