internal import Core
internal import Daemon
internal import Platform

/// `tokenroll run`.
enum RunCommand {
  @RotationActor static func run(_ options: Options) async -> ExitStatus {
    do throws(ServiceFailure) {
      try await Service.run(
        Service.Options(
          configurationFile: options.configuration, logFormat: options.logFormat,
          logLevel: options.logLevel ?? .info))
      return .success
    } catch {
      // The service has logged why.
      return ExitStatus(error.kind)
    }
  }
}

extension ExitStatus {
  init(_ kind: ServiceFailure.Kind) {
    self =
      switch kind {
      case .configuration: .configuration
      case .noInput: .noInput
      case .state: .ioError
      case .busy: .temporary
      case .unavailable: .unavailable
      case .usage: .usage
      case .notPermitted: .notPermitted
      }
  }
}
