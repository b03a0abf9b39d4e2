/// An error as a reply: its name in the interface, and its parameters.
struct ControlError: Error, Equatable {
  var name: String
  /// Nil stands for null.
  var parameters: [Parameter]

  struct Parameter: Equatable {
    var name: String
    var value: String?
  }

  private init(_ name: String, _ parameters: (String, String?)...) {
    self.name = name
    self.parameters = parameters.map { Parameter(name: $0.0, value: $0.1) }
  }
}

// MARK: - Of the protocol

extension ControlError {
  static func interfaceNotFound(_ interface: String) -> ControlError {
    ControlError("org.varlink.service.InterfaceNotFound", ("interface", interface))
  }

  static func methodNotFound(_ method: String) -> ControlError {
    ControlError("org.varlink.service.MethodNotFound", ("method", method))
  }

  static func invalidParameter(_ parameter: String) -> ControlError {
    ControlError("org.varlink.service.InvalidParameter", ("parameter", parameter))
  }

  static var permissionDenied: ControlError { ControlError("org.varlink.service.PermissionDenied") }

  static var expectedMore: ControlError { ControlError("org.varlink.service.ExpectedMore") }
}

// MARK: - Of the interface

extension ControlError {
  static func noSuchEntry(_ name: String, nearest: String?) -> ControlError {
    ControlError("org.tokenroll.Control.NoSuchEntry", ("name", name), ("nearest", nearest))
  }

  static func entryDisabled(_ name: String) -> ControlError {
    ControlError("org.tokenroll.Control.EntryDisabled", ("name", name))
  }

  static func entryPaused(_ name: String, reason: String) -> ControlError {
    ControlError("org.tokenroll.Control.EntryPaused", ("name", name), ("reason", reason))
  }

  static func rollInHand(_ name: String, phase: String) -> ControlError {
    ControlError("org.tokenroll.Control.RollInHand", ("name", name), ("phase", phase))
  }

  static func clockDoubted(_ reason: String) -> ControlError {
    ControlError("org.tokenroll.Control.ClockDoubted", ("reason", reason))
  }

  static var stopping: ControlError { ControlError("org.tokenroll.Control.Stopping") }

  static var replyTooLong: ControlError { ControlError("org.tokenroll.Control.ReplyTooLong") }

  static func failed(_ reason: String) -> ControlError {
    ControlError("org.tokenroll.Control.Failed", ("reason", reason))
  }
}
