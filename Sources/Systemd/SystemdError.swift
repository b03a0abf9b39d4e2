internal import Platform

/// What systemd or the bus refused, or what could not be asked: a full sentence with operation, object and cause.
public struct SystemdError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of refusal it is, as far as the cure depends on it.
  public enum Kind: Sendable, Hashable {
    /// No system bus, or no systemd on it.
    case noBus
    /// The service may not do this: a polkit rule is missing.
    case denied
    /// systemd knows no such unit, or it is masked.
    case noSuchUnit
    /// The job was begun and did not succeed.
    case jobFailed
    /// It took longer than allowed.
    case timedOut
    /// Anything else.
    case other
  }

  /// What kind of refusal it is.
  public var kind: Kind
  /// What could not be done: "cannot reload".
  public var operation: String
  /// To what: a unit, a socket; never a secret.
  public var object: String
  /// The errno (errno(3)), 0 where there is none.
  public var code: Int32
  /// The cause, and the cure where there is one.
  public var reason: String?

  /// An error of these parts.
  public init(_ kind: Kind, _ operation: String, _ object: String, code: Int32 = 0, reason: String? = nil) {
    self.kind = kind
    self.operation = operation
    self.object = object
    self.code = code
    self.reason = reason
  }

  /// "cannot reload nginx.service: access denied; …".
  public var description: String {
    let causes = [code == 0 ? nil : Errno(code).description, reason].compactMap { $0 }
    return causes.isEmpty
      ? "\(operation) \(object)" : "\(operation) \(object): \(causes.joined(separator: "; "))"
  }
}

/// Passes on a result of libsystemd, which is an errno, negated, where it is below zero.
@discardableResult
func check(
  _ result: Int32, _ operation: @autoclosure () -> String, _ object: @autoclosure () -> String
) throws(SystemdError) -> Int32 {
  if result < 0 { throw SystemdError(.other, operation(), object(), code: -result) }
  return result
}
