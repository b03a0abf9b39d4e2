internal import Platform

/// `text` without what could upset a terminal, the journal or a reader: controls, line ends, marks of direction; cut.
func printable(_ text: String, limit: Int = 200) -> String {
  // The tables of Unicode take their time, and most of what comes is ASCII.
  if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars.lazy.filter(isPrintable).prefix(limit) { result.append(scalar) }
  return String(result)
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
  default: true
  }
}

/// `text`, printable and at most 200 characters long, without any part of `secret` and without anything like a token.
///
/// Eight characters in a row that also stand in the secret count as a part of it; a shorter secret counts as a whole.
func printable(_ text: String, without secret: Secret) -> String {
  // What is left out must be left out before the cut, or a piece of a secret could survive at the end.
  let bytes = Array(printable(text, limit: 2000).utf8)
  var hidden = [Bool](repeating: false, count: bytes.count)
  secret.withBytes { hide(partsOf: $0, in: bytes, &hidden) }
  for prefix in ["cfat_", "cfut_", "cfk_"] {
    hideTokens(beginningWith: Array(prefix.utf8), in: bytes, &hidden)
  }
  var result: [UInt8] = []
  for (index, byte) in bytes.enumerated() {
    if !hidden[index] {
      result.append(byte)
    } else if index == 0 || !hidden[index - 1] {
      result += Array("<redacted>".utf8)
    }
  }
  return printable(String(decoding: result, as: UTF8.self))
}

private func hide(partsOf secret: UnsafeRawBufferPointer, in text: [UInt8], _ hidden: inout [Bool]) {
  let length = min(8, secret.count)
  guard length > 0, text.count >= length else { return }
  for start in 0...(text.count - length) {
    let isPart = (0...(secret.count - length)).contains { offset in
      (0..<length).allSatisfy { text[start + $0] == secret[offset + $0] }
    }
    guard isPart else { continue }
    for index in start..<start + length { hidden[index] = true }
  }
}

private func hideTokens(beginningWith prefix: [UInt8], in text: [UInt8], _ hidden: inout [Bool]) {
  guard text.count > prefix.count else { return }
  for start in 0..<(text.count - prefix.count) where text[start...].starts(with: prefix) {
    let tail = text[(start + prefix.count)...].prefix(while: isTokenByte)
    guard !tail.isEmpty else { continue }
    for index in start..<tail.endIndex { hidden[index] = true }
  }
}

/// True for the bytes of which Cloudflare makes secrets.
func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
    true
  default: false
  }
}
