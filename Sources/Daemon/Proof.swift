internal import Configuration
internal import Core
internal import Platform
internal import Store

/// Proves at start and at a reload that rolls could be published: a throw-away file beside every kind of destination, and
/// every credential read.
@RotationActor struct Proof {
  /// What a destination has in common with others, which one proof serves.
  private struct Place: Hashable {
    let directory: Substring
    let mode: UInt16
    let owner: String?
    let group: String?
    let allow: Set<Destination.Exception>
    /// Where former contents are kept, or a link is replaced, the names beside it matter too.
    let named: String?

    init(_ group: DestinationGroup) {
      let destination = group.first
      directory = PathParts(destination.replaced).directory
      mode = destination.mode
      owner = destination.owner
      self.group = destination.group
      allow = destination.allow
      named = group.link ?? destination.keepPrevious.map { _ in destination.file }
    }
  }

  /// One thing that cannot be used, with the first entry that needs it.
  struct Finding {
    var entry: String?
    var reason: String
    var errno: Int32?
  }

  private(set) var findings: [Finding] = []
  /// What is worth knowing and no hindrance.
  private(set) var notices: [Finding] = []
  /// What is in the way of entries that cannot be rolled as things stand, by their names.
  private(set) var obstacles: [String: Obstacle] = [:]
  /// Those of the others whose secrets have to be encrypted, which is not tried here.
  private(set) var encrypting: [String] = []
  /// The credentials that can be read.
  private(set) var secrets: [String: Fingerprint] = [:]

  /// What was proved before, nil for what can be used.
  private var places: [Place: Obstacle?] = [:]
  private var latest: (place: Place, obstacle: Obstacle?)?
  private var templates: [String: Obstacle?] = [:]
  private var credentials: [String: Obstacle] = [:]
  private let services: RollServices

  /// Proves what `entries` need, or all that is configured.
  init(of services: RollServices, _ entries: [Entry]? = nil) {
    self.services = services
    readCredentials()
    let succession = proveSuccession()
    for entry in entries ?? services.configuration.tokens where entry.enabled {
      if let obstacle = obstacle(of: entry, succession) {
        obstacles[entry.name] = obstacle
      } else if services.encryptionCheck(for: entry) != nil {
        encrypting.append(entry.name)
      }
    }
  }

  private mutating func obstacle(of entry: Entry, _ succession: Obstacle?) -> Obstacle? {
    var first = credentials[entry.credential]
    if let provided = entry.provide { first = first ?? succession ?? credentials[provided] }
    // All are proved, so that each that cannot be used is told.
    for group in entry.groups {
      let found = obstacle(at: Place(group), group, entry.name)
      first = first ?? found
      for destination in group.destinations {
        guard let template = destination.template else { continue }
        let flaw = templates[template] ?? prove(template: template, entry.name)
        templates[template] = .some(flaw)
        first = first ?? flaw
      }
    }
    return first
  }

  private mutating func obstacle(at place: Place, _ group: DestinationGroup, _ entry: String) -> Obstacle? {
    // Neighbours are mostly at the same place, and comparing costs less than hashing.
    if let latest, latest.place == place { return latest.obstacle }
    let found = places[place] ?? prove(group, entry)
    places[place] = .some(found)
    latest = (place, found)
    return found
  }

  private mutating func readCredentials() {
    for (name, source) in services.configuration.credentials.sorted(by: { $0.key < $1.key }) {
      do throws(SystemError) {
        secrets[name] = try services.succession.read(source, name: name).secret.fingerprint
      } catch {
        credentials[name] = add(error, nil, cure: Cure.unreadable(source), isShared: true)
      }
    }
  }

  /// Why a new secret of a credential could not be kept; nil also where no entry provides one.
  private mutating func proveSuccession() -> Obstacle? {
    guard let entry = services.configuration.tokens.first(where: { $0.enabled && $0.provide != nil }) else {
      return nil
    }
    do throws(SystemError) {
      try services.succession.files.create()
      try services.succession.files.prove()
      return nil
    } catch {
      return add(
        error, entry.name, cure: Cure.state(error, services.configuration.stateDirectory), isShared: true)
    }
  }

  private mutating func prove(_ group: DestinationGroup, _ entry: String) -> Obstacle? {
    do throws(SystemError) {
      for notice in try group.prove(try services.publisher.specification(of: group)) {
        notices.append(Finding(entry: entry, reason: notice.description))
      }
      return nil
    } catch {
      return add(
        error, entry, cure: Cure.destination(group.first, error, user: Cure.ownUser, isRunning: true))
    }
  }

  private mutating func prove(template: String, _ entry: String) -> Obstacle? {
    do throws(SystemError) {
      try services.publisher.templates.read(template)
      return nil
    } catch {
      return add(error, entry, cure: Cure.template(template))
    }
  }

  private mutating func add(
    _ error: SystemError, _ entry: String?, cure: String, isShared: Bool = false
  ) -> Obstacle {
    findings.append(
      Finding(entry: entry, reason: error.description, errno: error.code == 0 ? nil : error.code))
    return Obstacle(error, cure: cure, isShared: isShared)
  }
}
