internal import Configuration
internal import Core
internal import Glibc
internal import Platform

/// What an operator has to do about something that was found.
enum Cure {
  /// After a request that the API did not answer as it should.
  static func api(_ failure: APIFailure, credential: String) -> String {
    switch (failure.effect, failure.httpStatus) {
    case (.notSent, _): return connection(failure.reason)
    case (.rateLimited, _): return "wait five minutes, and see what else uses the credential \(credential)"
    case (.refused, 401): return newCredential
    case (.refused, 403) where failure.refusesCredential:
      return
        "see in Cloudflare's dashboard that the token of the credential \(credential) is active, not expired, and not kept from "
        + "this address by its filter, or put the secret of another in place of it and restart the service"
    case (.refused, 403):
      return
        "give the credential \(credential) the permission Account API Tokens Write in the account of the entry, and "
        + "look at its address filter"
    case (.refused, 404):
      return "correct \"account_id\" and \"token_id\" of the entry; the dashboard shows both"
    default: return "try again later; https://www.cloudflarestatus.com tells of troubles of the API"
    }
  }

  /// After a list of an account's tokens that was refused.
  static func listing(_ failure: APIFailure, credential: String) -> String {
    failure.effect == .refused && failure.httpStatus == 404
      ? "correct the identifier of the account; the dashboard shows it" : api(failure, credential: credential)
  }

  /// For a credential that is not in force.
  static let newCredential =
    "make a token with the permission Account API Tokens Write in Cloudflare's dashboard, put its secret in place "
    + "of the old one, and restart the service"

  /// For a file with the metrics that cannot be replaced.
  static let metrics = "let the service write to the directory, as tokenroll.json(5) says under \"metrics\""

  /// Where nobody encrypts for the service.
  static let encryptionSocket = "systemctl enable --now \(EncryptionClient.unitName)"

  /// After an error that keeps secrets from being encrypted.
  static func encryption(_ error: SystemError) -> String {
    switch error.code {
    case ENOENT, ECONNREFUSED: encryptionSocket
    case EACCES: "run this as root or as the service's user"
    default:
      "see what `journalctl -u 'tokenroll-encrypt@*'` says, and whether this works as root: echo | systemd-creds encrypt "
        + "--name=sample - -"
    }
  }

  /// For a clock that is wrong, or that nobody keeps.
  static let clock = "timedatectl set-ntp true, or have chrony keep the clock"

  private static func connection(_ reason: String) -> String {
    let isAboutTrust = ["certificate", "SSL", "TLS"].contains { reason.contains($0) }
    return isAboutTrust
      ? "install the package ca-certificates, correct \"ca_file\" in the configuration, and see that the clock is right"
      : "see that this machine reaches the API: name service, route, firewall, proxy (https_proxy)"
  }

  /// For a program that must not, or cannot, be run; what a check of ours found says what to do.
  static func program(_ path: String, _ error: SystemError) -> String {
    switch error.code {
    case 0: "do as the message says"
    case ENOENT, ENOTDIR: "put the program there, or correct \"command\" in the configuration"
    default: "let the service execute it: chmod 0755 \(path), and its directories"
    }
  }

  /// Where the running service sees a file system read-only that is not.
  private static let restart =
    "`systemctl restart \(UnitCheck.unitName)` where the directory was made, or its file system mounted, after the "
    + "service had started: its sandbox has that read-only until then; if that does not help, `tokenroll check --unit`"

  /// The user as whom this process runs.
  static let ownUser = Users.name(of: geteuid())

  private static func mainGroup(of user: String) -> String {
    (try? Users.primaryGroup(of: user)).map { Users.groupName(of: $0) } ?? user
  }

  /// For a credential that the service cannot read.
  static func unreadable(_ source: CredentialSource) -> String {
    source.file.hasPrefix("/")
      ? "put the token alone into \(source.file), with mode 0600, for \(ownUser) to read"
      : "see that LoadCredential= or LoadCredentialEncrypted= of the unit names \(source.file), and restart the service"
  }

  /// For a template that cannot be used.
  static func template(_ path: String) -> String {
    "correct \(path), and let \(ownUser) read it"
  }

  /// After an error that keeps the state from being written.
  static func state(_ error: SystemError, _ directory: String) -> String {
    error.code == ENOSPC || error.code == EDQUOT
      ? "free space on the file system of \(directory)"
      : "let \(ownUser) write to \(directory): chown -R \(ownUser) \(directory); chmod 0700 \(directory)"
  }

  /// After an error that the running service met while it prepared or published a roll of `entry`; by what failed.
  static func publication(of entry: Entry, _ error: SystemError, _ configuration: Configuration) -> String {
    if let source = configuration.credentials[entry.credential], error.object?.hasSuffix(source.file) == true
    {
      return unreadable(source)
    }
    for destination in entry.publish {
      if let template = destination.template, error.object == template { return self.template(template) }
      if error.names(String(PathParts(destination.replaced).directory)) {
        return self.destination(destination, error, user: ownUser, isRunning: true)
      }
    }
    return error.names(configuration.stateDirectory)
      ? state(error, configuration.stateDirectory) : "do as the message says"
  }

  /// After an error that keeps a destination from being published; by what failed.
  ///
  /// `isRunning` where it is the running service that cannot publish, which may see other mounts than its operator.
  static func destination(
    _ destination: Destination, _ error: SystemError, user: String = "tokenroll", isRunning: Bool = false
  ) -> String {
    let directory = String(PathParts(destination.replaced).directory)
    let group = destination.group ?? mainGroup(of: user)
    switch error.code {
    case EPERM where error.operation.hasPrefix("cannot give to user"):
      return
        "let the service give files away (CAP_CHOWN): a drop-in with the lines that `tokenroll check --unit` prints, and restart "
        + "the service; or leave \"owner\" of \(destination.replaced) out"
    case EPERM where error.operation.hasPrefix("cannot give"):
      return
        "make \(user) a member of the group \(group) (usermod -aG \(group) \(user); for the unit a drop-in with "
        + "SupplementaryGroups=\(group)) and restart the service, or correct \"group\" of \(destination.replaced)"
    case ENOENT, ENOTDIR: return "install -d -o \(user) -g \(group) -m 0750 \(directory)"
    case EACCES, EPERM:
      return "let \(user) write to it: chown \(user):\(group) \(directory); chmod 0750 \(directory)"
    case ENOSPC, EDQUOT: return "free space on the file system of \(directory)"
    case EROFS:
      return isRunning
        ? restart : "mount the file system of \(directory) for writing, or publish elsewhere"
    default:
      return error.operation == "cannot find"
        ? "correct \"owner\" and \"group\" of \(destination.replaced) in the configuration, or make it: groupadd --system NAME"
        : "do as the message says"
    }
  }
}

extension SystemError {
  /// Whether it is about `directory` or something in it.
  fileprivate func names(_ directory: String) -> Bool {
    guard let object, let place = object.firstRange(of: directory) else { return false }
    let rest = object[place.upperBound...]
    return rest.isEmpty || rest.hasPrefix("/") || directory == "/"
  }
}
