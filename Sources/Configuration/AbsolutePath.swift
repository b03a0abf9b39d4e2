/// The rules for a path in the configuration.
enum AbsolutePath {
  /// The longest path and component, in bytes (PATH_MAX with its NUL, NAME_MAX; limits.h(0P)).
  static let mostBytes = 4_095
  static let mostComponentBytes = 255

  /// Why `path` is refused, as what follows its quotation; nil where it is good.
  static func refusal(of path: String) -> String? {
    let bytes = path.utf8Span.span
    guard !bytes.isEmpty, bytes[0] == slash else { return "is not an absolute path" }
    guard bytes.count <= mostBytes else { return "is longer than \(mostBytes) bytes" }
    for index in bytes.indices where bytes[index] < 0x20 || bytes[index] == 0x7F {
      return "has a control character"
    }
    var start = 1
    for end in 1...bytes.count where end == bytes.count || bytes[end] == slash {
      if let refusal = refusal(ofComponent: bytes.extracting(start..<end), isLast: end == bytes.count) {
        return refusal
      }
      start = end + 1
    }
    return nil
  }

  private static var slash: UInt8 { UInt8(ascii: "/") }

  private static func refusal(ofComponent component: Span<UInt8>, isLast: Bool) -> String? {
    if component.isEmpty { return isLast ? "ends with a slash" : "has an empty component" }
    if component.count > mostComponentBytes {
      return "has a component longer than \(mostComponentBytes) bytes"
    }
    let dot = UInt8(ascii: ".")
    let isStep = component.count <= 2 && component[0] == dot && component[component.count - 1] == dot
    return isStep ? "has the component \"\(component.count == 1 ? "." : "..")\"" : nil
  }

  /// True where `path` is `directory` or lies in it.
  static func lies(_ path: String, in directory: String) -> Bool {
    let (path, directory) = (path.utf8Span.span, directory.utf8Span.span)
    guard path.count >= directory.count else { return false }
    for index in directory.indices where path[index] != directory[index] { return false }
    return path.count == directory.count || path[directory.count] == slash
  }
}
