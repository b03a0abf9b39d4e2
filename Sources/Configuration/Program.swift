public import Core

/// One element of `run`, `on_failure` or `on_recovery`: a program that the service runs.
public struct Program: Sendable, Hashable {
  /// `command`: the program's absolute path, then its arguments; each of 1 to 4,095 bytes without NUL, 64 at most.
  public var command: [String]
  /// `timeout`: how long it may take, 1 s to 1 h.
  public var timeout: TimeSpan
  /// `stdin`: whether it reads the secret from its standard input; only in `run`.
  public var readsSecret: Bool

  /// The default of `timeout`.
  public static let standardTimeout = TimeSpan.minutes(1)

  /// A program of these parts.
  public init(command: [String], timeout: TimeSpan = standardTimeout, readsSecret: Bool = false) {
    self.command = command
    self.timeout = timeout
    self.readsSecret = readsSecret
  }

  /// The program's path.
  public var path: String { command.first ?? "" }

  /// The command as a shell would read it: words of letters, digits and `_-./:=@%+,` as they are, others in quotes.
  public var line: String { command.map(Self.word).joined(separator: " ") }

  private static func word(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && text.utf8.allSatisfy { $0.isWordCharacter || Array("./:=@%+,".utf8).contains($0) }
    return isPlain ? text : "'\(text.replacing("'", with: #"'\''"#))'"
  }
}
