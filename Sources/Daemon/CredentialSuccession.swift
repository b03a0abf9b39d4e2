internal import Configuration
internal import Core
internal import Platform
internal import Store

/// Which secret each credential of the service has, and how a roll gives it a new one.
@RotationActor final class CredentialSuccession {
  /// What was made ready for a new secret before a request is sent.
  final class Preparation {
    /// By what the secret in the credential's own file is recognised.
    let predecessor: Fingerprint
    fileprivate var file: AtomicFile?

    fileprivate init(predecessor: Fingerprint, file: AtomicFile) {
      self.predecessor = predecessor
      self.file = file
    }
  }

  /// Where the secret of a credential lies that did not come from its own file.
  struct Standing {
    var path: String
    var since: Timestamp
  }

  /// Bytes that are allocated for a secret ahead.
  private static let capacity = 4_096

  let reader: CredentialReader
  let files: Successors
  private let log: any EventSink
  private let clock: any Clock
  /// New secrets that could not be made durable, each with what it succeeds: they are in use all the same.
  private var unwritten: [String: (predecessor: Fingerprint, secret: Secret)] = [:]
  /// Successors of what a credential's file held before, kept until the API has accepted what it holds now.
  private var stale: [String: [String]] = [:]
  /// The credentials whose secret did not come from their own file, as far as is known.
  private(set) var standing: [String: Standing] = [:]
  /// The entries that provide credentials, by credential.
  private(set) var providers: [String: String] = [:]

  /// The credentials that `reader` finds, and what rolls gave them in `files`.
  init(reader: CredentialReader, files: Successors, log: any EventSink, clock: any Clock) {
    var reader = reader
    reader.successors = files
    self.reader = reader
    self.files = files
    self.log = log
    self.clock = clock
  }

  /// The credential `name` as it is to be used now.
  func read(_ source: CredentialSource, name: String) throws(SystemError) -> CredentialReader.Reading {
    var reading = try reader.read(source, name: name)
    if let kept = unwritten[name], kept.predecessor == reading.predecessor { reading.secret = kept.secret }
    return reading
  }
}

// MARK: - A new secret

extension CredentialSuccession {
  /// Makes the file for a new secret of `name` ready.
  func prepare(_ source: CredentialSource, name: String) throws(SystemError) -> Preparation {
    let predecessor = try reader.read(source, name: name).predecessor
    try files.create()
    let specification = try files.specification(of: name, after: predecessor)
    return Preparation(
      predecessor: predecessor, file: try AtomicFile(preparing: specification, capacity: Self.capacity))
  }

  /// Takes `secret` into use as the credential `name`, and makes it durable; where that fails it is in use from memory.
  ///
  /// `former` is by what the secret in use before is recognised, where that is known. Returns where the secret lies; nil where
  /// the operator has put another one into the credential's file since, which is left in use.
  func succeed(
    _ source: CredentialSource, name: String, with secret: Secret, former: Fingerprint?,
    _ preparation: Preparation?
  ) throws(SystemError) -> String? {
    let reading = try reader.read(source, name: name)
    guard !reading.secret.equals(secret) else {
      unwritten[name] = nil
      note(name, reading)
      return reading.successor?.path ?? reading.file
    }
    let isKnown = former == nil || former == reading.secret.fingerprint
    guard preparation.map({ $0.predecessor == reading.predecessor }) ?? isKnown else { return nil }
    unwritten[name] = (reading.predecessor, secret)
    let specification = try files.specification(of: name, after: reading.predecessor)
    let file: AtomicFile
    if let prepared = preparation?.file {
      file = prepared
    } else {
      file = try AtomicFile(preparing: specification, capacity: Self.capacity)
    }
    // Used up either way: after a failure the next try begins with a new file.
    preparation?.file = nil
    _ = try secret.withBytes { (bytes) throws(SystemError) in try file.commit(bytes) }
    unwritten[name] = nil
    standing[name] = Standing(path: specification.path, since: clock.now)
    return specification.path
  }

  /// Takes back that `secret` is the credential `name`, for the API refuses it: the credential's own file counts again.
  func discard(_ source: CredentialSource, name: String, _ secret: Secret) {
    unwritten[name] = nil
    guard let reading = try? reader.read(source, name: name), let path = reading.successor?.path,
      reading.secret.equals(secret)
    else { return }
    erase(path, of: name)
    standing[name] = nil
  }

  private func note(_ name: String, _ reading: CredentialReader.Reading) {
    standing[name] = reading.successor.map { Standing(path: $0.path, since: $0.since) }
  }
}

// MARK: - What the operator puts in place

extension CredentialSuccession {
  /// Looks anew at which credentials come from where.
  func review(_ configuration: Configuration) {
    stale = [:]
    standing = [:]
    providers = [:]
    for entry in configuration.tokens { if let name = entry.provide { providers[name] = entry.name } }
    var readings: [String: CredentialReader.Reading] = [:]
    for (name, source) in configuration.credentials {
      guard let reading = try? reader.read(source, name: name) else { continue }
      readings[name] = reading
      note(name, reading)
    }
    let inForce = Set(readings.values.map(\.predecessor.hexadecimal))
    guard let items = try? files.contents() else { return }
    for item in items where !inForce.contains(item.predecessor) {
      guard let reading = readings[item.credential] else { continue }
      // It is what a roll published into the credential's own file.
      if (try? files.read(item.path))?.equals(reading.secret) == true {
        erase(item.path, of: item.credential)
        continue
      }
      stale[item.credential, default: []].append(item.path)
      log.record(
        Event(
          .credentialNotice,
          "\(reading.file) holds another secret for the credential \"\(item.credential)\" than before, which is used from "
            + "now on. What a roll had given the credential, \(item.path), is erased once the API has accepted the new one."
        ))
    }
    for (name, standing) in standing.sorted(by: { $0.key < $1.key }) {
      log.record(
        Event(
          .credentialNotice,
          "The credential \"\(name)\" is read from \(standing.path), where a roll put it, for its own file still holds the "
            + "secret from before that roll."))
    }
  }

  /// The API has accepted the credential `name`: what it had before is not needed any more.
  func accepted(_ name: String) {
    guard let paths = stale.removeValue(forKey: name) else { return }
    for path in paths { erase(path, of: name) }
  }

  /// Erases what succeeded earlier secrets of `name`, for its secret of now has proved itself.
  func prune(_ source: CredentialSource, name: String) {
    stale[name] = nil
    guard let reading = try? reader.read(source, name: name), let items = try? files.contents() else {
      return
    }
    note(name, reading)
    for item in items
    where item.credential == name && item.predecessor != reading.predecessor.hexadecimal {
      erase(item.path, of: name)
    }
  }

  private func erase(_ path: String, of name: String) {
    do throws(SystemError) {
      try files.erase(path)
    } catch {
      log.record(
        Event(
          .credentialNotice,
          "\(path), a former secret of the credential \"\(name)\", could not be erased: \(error). Remove the file."
        ))
    }
  }
}
