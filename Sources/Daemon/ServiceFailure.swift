internal import Platform
internal import Store

/// Why the service ended, or did not start.
public struct ServiceFailure: Error, Sendable, CustomStringConvertible {
  /// What kind of trouble it is; the exit status follows from it.
  public enum Kind: Sendable, Equatable {
    /// The configuration has problems.
    case configuration
    /// The configuration cannot be read.
    case noInput
    /// The state cannot be read or written, or belongs to another machine.
    case state
    /// Another service is at work on the same state.
    case busy
    /// Something that is needed is not there.
    case unavailable
    /// It was asked for something that does not exist.
    case usage
    /// Not for this user.
    case notPermitted
  }

  /// The kind of trouble.
  public var kind: Kind
  /// A sentence without a final stop, or a line for each problem.
  public var description: String
}

extension ServiceFailure {
  /// What an error of the parts below means for the service as a whole.
  public init(_ error: any Error) {
    switch error {
    case let failure as ServiceFailure: self = failure
    case ConfigurationFile.Failure.unreadable(let error):
      self.init(kind: .noInput, description: error.description)
    case let refused as ConfigurationFile.Failure:
      self.init(kind: .configuration, description: refused.description)
    case let error as StoreError: self.init(kind: .state, description: error.description)
    case let error as SystemError: self.init(kind: .state, description: error.description)
    default: self.init(kind: .unavailable, description: String(describing: error))
    }
  }
}
