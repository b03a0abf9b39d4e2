internal import Glibc
internal import Platform

/// Keeps root from leaving files in a state, and secrets in destinations, that the service could not replace.
enum StateOwner {
  /// Throws where the process is root and the state belongs to another user.
  static func judge(_ directory: String) throws(ServiceFailure) {
    guard geteuid() == 0, let owner = (try? FileAttributes(of: directory))?.owner, owner != 0 else { return }
    let name = Users.name(of: owner)
    throw ServiceFailure(
      kind: .notPermitted,
      description:
        "the state in \(directory) belongs to user \(name), for whom files of root would be in the way; "
        + "run this as that user: runuser -u \(name) -- tokenroll ...")
  }
}
