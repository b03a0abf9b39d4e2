internal import CLinux
internal import Glibc

/// Why a system call failed, before it is known what it was for (errno(3)).
package struct Errno: Error, Sendable, Hashable, CustomStringConvertible {
  /// The number, as `errno` held it.
  package let code: Int32

  package init(_ code: Int32) { self.code = code }

  /// "permission denied (EACCES)", or "error 4711" for a number that the C library does not know.
  package var description: String {
    guard let name = linux_errno_name(code), let text = linux_errno_text(code) else { return "error \(code)" }
    return "\(Self.asClause(String(cString: text))) (\(String(cString: name)))"
  }

  /// The text with a small first letter, unless it begins with an abbreviation.
  private static func asClause(_ text: String) -> String {
    guard text.dropFirst().first?.isLowercase == true else { return text }
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
