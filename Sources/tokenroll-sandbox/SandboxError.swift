/// Why the sandbox cannot start, or cannot do what it was asked: a full sentence for the operator.
struct SandboxError: Error, CustomStringConvertible {
  /// What kind of mistake it is, for the exit status.
  enum Kind: Int32 {
    /// A mistake on the command line (EX_USAGE of sysexits.h).
    case usage = 64
    /// A file that holds something else than expected (EX_DATAERR).
    case data = 65
    /// The system refused something (EX_OSERR).
    case system = 71
  }

  let kind: Kind
  let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
