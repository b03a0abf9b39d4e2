/// The text with every control character, line and paragraph separators included, turned into a space.
package func oneLine(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: breaksLine) else { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars { result.append(breaksLine(scalar) ? " " : scalar) }
  return String(result)
}

private func breaksLine(_ scalar: Unicode.Scalar) -> Bool {
  // The tables of Unicode take their time, and most of a line is printable ASCII.
  if (0x20...0x7E).contains(scalar.value) { return false }
  return switch scalar.properties.generalCategory {
  // Format characters can turn the direction of what follows, and so make a log say something else.
  case .control, .lineSeparator, .paragraphSeparator, .format: true
  default: false
  }
}
