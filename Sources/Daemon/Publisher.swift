internal import Configuration
internal import Core
internal import Glibc
internal import Platform
internal import Store
internal import Systemd

/// Brings secrets to disk: escrow first, then the destinations of an entry.
@RotationActor final class Publisher {
  /// What was made ready before a request is sent.
  final class Preparation {
    var escrow: AtomicFile?
    /// By destinations, for a reload may change those of an entry while its roll is under way.
    var groups: [DestinationGroup: PreparedGroup]

    init(escrow: AtomicFile, groups: [DestinationGroup: PreparedGroup]) {
      self.escrow = escrow
      self.groups = groups
    }

    /// Lets go of it all, whoever still holds it: the temporaries are removed.
    func discard() {
      escrow = nil
      groups = [:]
    }
  }

  /// The largest destination that is read back for the secret in it; a template that is filled in is no larger.
  private nonisolated static let readLimit = 1 << 20

  /// The most destinations that a failure names beside the first.
  private static let mostNamed = 20

  let escrow: Escrow
  let disk = DiskQueues()
  let templates = Templates()
  private let encryptor: any CredentialEncryptor
  private let sealer: any EscrowSealer
  /// The numbers of names that were looked up; a reload begins anew.
  private var users: [String: uid_t] = [:]
  private var groups: [String: gid_t] = [:]

  init(
    escrow: Escrow, encryptor: any CredentialEncryptor = SystemEncryptor(),
    sealer: any EscrowSealer = SystemEncryptor()
  ) {
    self.escrow = escrow
    self.encryptor = encryptor
    self.sealer = sealer
  }

  /// Makes everything ready that a publication of `entry` after a roll of `token` needs; throws with the first thing that cannot be had.
  func prepare(
    _ entry: Entry, token: String, _ roll: RollID, _ form: EscrowForm, _ steps: DurableSteps
  ) async throws(SystemError) -> Preparation {
    var plans: [PreparedGroup.Plan] = []
    for group in entry.groups {
      try readTemplates(of: group)
      plans.append(try plan(group, narrowIfRefused: false))
    }
    let (escrow, capacity, wanted) = (escrow, Self.capacity(form), plans)
    return try await durably("preparing the files of \(entry.name)", steps) { () throws(SystemError) in
      let safe = try escrow.prepare(roll, entry: entry.name, token: token, capacity: capacity)
      var groups: [DestinationGroup: PreparedGroup] = [:]
      for plan in wanted { groups[plan.group] = try PreparedGroup(plan) }
      return Preparation(escrow: safe, groups: groups)
    }
  }

  private func plan(_ group: DestinationGroup, narrowIfRefused: Bool) throws(SystemError)
    -> PreparedGroup.Plan
  {
    PreparedGroup.Plan(
      group: group, specification: try specification(of: group),
      capacities: try group.destinations.map { (destination) throws(SystemError) in
        try rendering(of: destination).capacity
      }, narrowIfRefused: narrowIfRefused)
  }

  /// Reads the templates of `group` anew.
  func readTemplates(of group: DestinationGroup) throws(SystemError) {
    for template in group.destinations.compactMap(\.template) { try templates.read(template) }
  }

  /// What the largest secret needs that can be kept in this form.
  private static func capacity(_ form: EscrowForm) -> Int {
    form == .encrypted ? EncryptedSecret.mostBytes : Escrow.capacity
  }

  /// Makes `secret` durable as that of `roll`; returns the path of its escrow.
  func keep(
    _ secret: Secret, of entry: Entry, token: String, _ roll: RollID, _ form: EscrowForm,
    _ preparation: Preparation?, _ steps: DurableSteps
  ) async throws(SystemError) -> String {
    let content = form == .encrypted ? try await sealer.seal(secret, of: roll).content : secret
    let file: AtomicFile
    if let prepared = preparation?.escrow {
      file = prepared
    } else {
      file = try escrow.prepare(roll, entry: entry.name, token: token, capacity: Self.capacity(form))
    }
    // Used up either way: after a failure the next try begins with a new file.
    preparation?.escrow = nil
    // The token of a replacement is known by now, and was not when the file was prepared.
    let name = Escrow.name(of: roll, entry: entry.name, token: token, form)
    _ = try await durably("writing the escrow of \(entry.name)", steps) { () throws(SystemError) in
      try content.withBytes { (bytes) throws(SystemError) in try file.commit(bytes, as: name) }
    }
    return escrow.path(of: roll, entry: entry.name, token: token, form)
  }

  /// The secret of `roll` in the escrow file `path`.
  func escrowed(_ path: String, of roll: RollID) async throws(SystemError) -> Secret {
    let content = try escrow.read(path)
    return Escrow.form(of: path) == .encrypted ? try await sealer.open(content, of: roll) : content
  }

  /// Overwrites and removes the escrow file `path`.
  func erase(_ path: String, _ steps: DurableSteps) async throws(SystemError) {
    let escrow = escrow
    try await durably("erasing \(path)", steps) { () throws(SystemError) in try escrow.erase(path) }
  }

  /// Makes `call`, which is `what` in words, beside those of other rolls; what it writes is nobody else's until then.
  private func durably<Value>(
    _ what: String, _ steps: DurableSteps, _ call: @escaping () throws(SystemError) -> Value
  ) async throws(SystemError) -> Value {
    try await steps.take(what) { () throws(SystemError) in try await disk.run(call) }
  }

  /// What is worth knowing of a publication that succeeded, each a sentence.
  struct Remarks {
    /// For each destination that has narrower rights than configured.
    var narrowed: [String] = []
    /// For each whose former content was not kept.
    var unkept: [String] = []
  }

  /// Writes `secret` to every destination of `entry` that has not got it; all are tried before the first failure is thrown.
  ///
  /// Those that get it encrypted come last, so that none waits for the helper of another.
  func publish(
    _ secret: Secret, of entry: Entry, _ facts: SecretRendering.Facts, _ preparation: Preparation?,
    _ copies: EncryptedCopies, _ steps: DurableSteps
  ) async throws(SystemError) -> Remarks {
    var remarks = Remarks()
    var failures: [(file: String, error: SystemError)] = []
    copies.beginRound()
    for group in Self.encryptedLast(entry.groups) {
      do throws(SystemError) {
        var contents: [Secret] = []
        for destination in group.destinations {
          let rendered = try rendering(of: destination).render(secret, facts)
          contents.append(
            destination.format == .credential
              ? try await copies.content(of: rendered, for: destination, by: encryptor) : rendered)
        }
        let prepared = preparation?.groups.removeValue(forKey: group)
        if prepared == nil, try isPublished(contents, at: group) { continue }
        let replacement: () throws(SystemError) -> PreparedGroup
        if let prepared {
          replacement = { prepared }
        } else {
          // The roll took place: rights that are refused now must not keep the secret from its consumers.
          let plan = try plan(group, narrowIfRefused: true)
          replacement = { () throws(SystemError) in try PreparedGroup(plan) }
        }
        let content = contents
        let publication = try await durably("publishing \(entry.name)", steps) { () throws(SystemError) in
          let publication = try replacement().commit(content)
          try Self.proveInPlace(content, at: group)
          return publication
        }
        if let refusal = publication.narrowed {
          remarks.narrowed.append(
            "\(group.first.replaced) was published with narrower rights than configured: \(refusal).")
        }
        if let refusal = publication.unkept { remarks.unkept.append("\(refusal).") }
      } catch {
        failures.append((group.first.replaced, error))
      }
    }
    guard let first = failures.first else { return remarks }
    throw Self.failure(first.error, others: failures.dropFirst().map(\.file))
  }

  /// The first failure, with the names of the other destinations that have not got the secret.
  private static func failure(_ first: SystemError, others: [String]) -> SystemError {
    guard !others.isEmpty else { return first }
    var failure = first
    let named = others.prefix(mostNamed).joined(separator: ", ")
    let rest = others.count - mostNamed
    failure.context = [
      first.context, "not in \(named)\(rest > 0 ? " and \(rest) more" : "") either",
    ].compactMap(\.self).joined(separator: "; ")
    return failure
  }

  private static func encryptedLast(_ groups: [DestinationGroup]) -> [DestinationGroup] {
    groups.filter { !$0.needsEncryption } + groups.filter(\.needsEncryption)
  }

  /// The secret that consumers of `entry` hold now, and nil where it cannot be read back.
  func current(_ entry: Entry) -> Secret? {
    for destination in entry.publish {
      guard
        let content = try? Self.content(of: destination), let secret = secret(in: content, of: destination)
      else { continue }
      return secret
    }
    return nil
  }

  /// The secret in `content` of `destination`; nil where there is none, or the format does not hold it.
  func secret(in content: Secret, of destination: Destination) -> Secret? {
    guard let rendering = try? rendering(of: destination) else { return nil }
    return rendering.secret(in: content)
  }

  /// Whether consumers find `secret` in `content` of `destination`; nil where that cannot be told.
  func holds(_ secret: Secret, in content: Secret, of destination: Destination, token: String) -> Bool? {
    guard let rendering = try? rendering(of: destination) else { return nil }
    return rendering.holds(secret, in: content, token: token)
  }

  /// How a secret stands in `destination`, with the template that was read last; throws where there is none.
  private func rendering(of destination: Destination) throws(SystemError) -> SecretRendering {
    var rendering = SecretRendering(destination: destination)
    if let template = destination.template { rendering.template = try templates.last(template) }
    return rendering
  }

  /// How `group` is replaced, a file or a link; throws where its owner or group does not exist.
  func specification(of group: DestinationGroup) throws(SystemError) -> FileSpecification {
    let destination = group.first
    return FileSpecification(
      path: destination.replaced, mode: destination.mode, owner: try destination.owner.map(userID),
      group: try destination.group.map(groupID),
      allowSymbolicLink: destination.allow.contains(.symbolicLink),
      allowWritableByOthers: destination.allow.contains(.writableByOthers),
      keepPrevious: destination.keepPrevious)
  }

  /// How the file of `destination`, one of `group`, has to be once it is published.
  func specification(of destination: Destination, in group: DestinationGroup) throws(SystemError)
    -> FileSpecification
  {
    var specification = try specification(of: group)
    specification.path = destination.file
    // It lies behind the link.
    if group.link != nil { specification.allowSymbolicLink = true }
    return specification
  }

  /// Forgets the numbers of users and groups.
  func forgetNames() {
    users = [:]
    groups = [:]
  }

  private func userID(_ name: String) throws(SystemError) -> uid_t {
    if let known = users[name] { return known }
    let number = try Users.userID(name)
    users[name] = number
    return number
  }

  private func groupID(_ name: String) throws(SystemError) -> gid_t {
    if let known = groups[name] { return known }
    let number = try Users.groupID(name)
    groups[name] = number
    return number
  }

  /// Throws where consumers would not find `contents`, one for each destination of `group`.
  private nonisolated static func proveInPlace(_ contents: [Secret], at group: DestinationGroup)
    throws(SystemError)
  {
    for (destination, content) in zip(group.destinations, contents)
    where !isInPlace(content, at: destination) {
      throw SystemError(
        "cannot find what was published at", destination.file, code: 0,
        context: "its directory has been moved or replaced meanwhile")
    }
  }

  private nonisolated static func isInPlace(_ content: Secret, at destination: Destination) -> Bool {
    do throws(SystemError) {
      return try self.content(of: destination).equals(content)
    } catch {
      // What was given to another user may not be ours to read.
      return error.code == EACCES
    }
  }

  /// What stands in the file of `destination` now.
  nonisolated static func content(of destination: Destination) throws(SystemError) -> Secret {
    try AtomicFile.readFile(
      destination.file, limit: readLimit, allowSymbolicLink: destination.allow.contains(.symbolicLink))
  }

  /// True where all of `group` holds `contents` with the configured rights already, as after a crash.
  private func isPublished(_ contents: [Secret], at group: DestinationGroup) throws(SystemError) -> Bool {
    let wanted = try specification(of: group)
    if let link = group.link {
      let mode = AtomicDirectory.mode(ofFiles: wanted.mode)
      guard Self.hasRights(link, wanted, mode: mode) else { return false }
    }
    return zip(group.destinations, contents).allSatisfy { destination, content in
      guard let present = try? Self.content(of: destination), present.equals(content) else { return false }
      return Self.hasRights(destination.file, wanted, mode: wanted.mode)
    }
  }

  private static func hasRights(_ path: String, _ wanted: FileSpecification, mode: UInt16) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return status.st_mode & 0o7777 == mode_t(mode) && status.st_uid == wanted.owner ?? geteuid()
      && status.st_gid == wanted.group ?? getegid()
  }
}
