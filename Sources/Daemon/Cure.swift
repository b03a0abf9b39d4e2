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

  /// After an error that keeps a destination from being published; by what failed.
  static func destination(_ destination: Destination, _ error: SystemError, user: String = "tokenroll")
    -> String
  {
    let directory = UnitCheck.directory(of: destination.file)
    let group = destination.group ?? user
    switch error.code {
    case ENOENT, ENOTDIR: return "install -d -o \(user) -g \(group) -m 0750 \(directory)"
    case EACCES, EPERM:
      return "let \(user) write to it: chown \(user):\(group) \(directory); chmod 0750 \(directory)"
    case ENOSPC, EDQUOT: return "free space on the file system of \(directory)"
    case EROFS: return "mount the file system of \(directory) for writing, or publish elsewhere"
    default:
      return error.operation == "cannot find"
        ? "correct \"owner\" and \"group\" of \(destination.file) in the configuration, or make it: groupadd --system NAME"
        : "do as the message says"
    }
  }
}
