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
    /// Where former contents are kept, the names beside the file matter too.
    let keeping: String?

    init(_ destination: Destination) {
      directory = destination.file.prefix(
        upTo: destination.file.lastIndex(of: "/") ?? destination.file.startIndex)
      mode = destination.mode
      owner = destination.owner
      group = destination.group
      allow = destination.allow
      keeping = destination.keepPrevious.map { _ in destination.file }
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
  /// Entries that cannot be rolled as things stand.
  private(set) var unready = 0
  /// Those of the others whose secrets have to be encrypted, which is not tried here.
  private(set) var encrypting = 0

  init(of services: RollServices) {
    let configuration = services.configuration
    var brokenCredentials: Set<String> = []
    for (name, source) in configuration.credentials.sorted(by: { $0.key < $1.key }) {
      do throws(SystemError) {
        _ = try services.succession.read(source, name: name)
      } catch {
        brokenCredentials.insert(name)
        add(error, nil)
      }
    }
    let canSucceed = proveSuccession(services)
    var places: [Place: Bool] = [:]
    var templates: [String: Bool] = [:]
    for entry in configuration.tokens where entry.enabled {
      var isReady = !brokenCredentials.contains(entry.credential)
      if let provided = entry.provide, !canSucceed || brokenCredentials.contains(provided) { isReady = false }
      for destination in entry.publish {
        let place = Place(destination)
        if places[place] == nil {
          places[place] = prove(destination, entry.name, services)
        }
        if places[place] == false { isReady = false }
        guard let template = destination.template else { continue }
        if templates[template] == nil {
          templates[template] = prove(template: template, entry.name, services)
        }
        if templates[template] == false { isReady = false }
      }
      if !isReady { unready += 1 } else if entry.needsEncryption { encrypting += 1 }
    }
  }

  /// Whether a new secret of a credential could be kept; true where no entry provides one.
  private mutating func proveSuccession(_ services: RollServices) -> Bool {
    guard let entry = services.configuration.tokens.first(where: { $0.enabled && $0.provide != nil }) else {
      return true
    }
    do throws(SystemError) {
      try services.succession.files.create()
      try services.succession.files.prove()
      return true
    } catch {
      add(error, entry.name)
      return false
    }
  }

  private mutating func prove(_ destination: Destination, _ entry: String, _ services: RollServices) -> Bool {
    do throws(SystemError) {
      let specification = try services.publisher.specification(of: destination)
      for notice in try AtomicFile.prove(specification) {
        notices.append(Finding(entry: entry, reason: notice.description))
      }
      return true
    } catch {
      add(error, entry)
      return false
    }
  }

  private mutating func prove(template: String, _ entry: String, _ services: RollServices) -> Bool {
    do throws(SystemError) {
      try services.publisher.templates.read(template)
      return true
    } catch {
      add(error, entry)
      return false
    }
  }

  private mutating func add(_ error: SystemError, _ entry: String?) {
    findings.append(
      Finding(entry: entry, reason: error.description, errno: error.code == 0 ? nil : error.code))
  }
}
