/// What the operating system, or a check of ours, refused: a full sentence with operation, object, cause and cure.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What could not be done: "cannot create".
  public var operation: String
  /// To what: a path, a name, an address; never a secret.
  public var object: String?
  /// The errno (errno(3)); 0 where no system call failed but a check of ours did.
  public var code: Int32
  /// A clause with what else is known, and the cure where there is one.
  public var context: String?

  /// An error of these parts; with `code` 0 the context is the cause.
  public init(_ operation: String, _ object: String? = nil, code: Int32, context: String? = nil) {
    self.operation = operation
    self.object = object
    self.code = code
    self.context = context
  }

  /// "cannot create /srv/x: permission denied (EACCES); the directory belongs to 0:0 and has mode 0755".
  public var description: String {
    let head = object.map { "\(operation) \($0)" } ?? operation
    let causes = [code == 0 ? nil : Errno(code).description, context].compactMap { $0 }
    return causes.isEmpty ? head : "\(head): \(causes.joined(separator: "; "))"
  }

  init(_ operation: String, _ object: String?, _ errno: Errno, context: String? = nil) {
    self.init(operation, object, code: errno.code, context: context)
  }

  /// A refusal by a check of ours.
  init(_ operation: String, _ object: String?, because reason: String) {
    self.init(operation, object, code: 0, context: reason)
  }
}

/// Runs `body` and says, where it fails, what it was for.
package func attempt<Result: ~Copyable>(
  _ operation: @autoclosure () -> String, _ object: @autoclosure () -> String?,
  context: @autoclosure () -> String? = nil, _ body: () throws(Errno) -> Result
) throws(SystemError) -> Result {
  do {
    return try body()
  } catch {
    throw SystemError(operation(), object(), error, context: context())
  }
}
