internal import Configuration
internal import Daemon

/// `tokenroll adopt-state`.
enum AdoptStateCommand {
  static func run(_ options: Options) -> ExitStatus {
    do {
      let configuration = try ConfigurationFile.load(options.configuration)
      try StateAdoption.adopt(configuration)
      Terminal.print("The state in \(configuration.stateDirectory) belongs to this machine now.")
      return .success
    } catch {
      let failure = ServiceFailure(error)
      Terminal.complain(failure.description)
      return ExitStatus(failure.kind)
    }
  }
}
