internal import Core
internal import JSON

/// Reads one configuration; goes on after a problem, so that all of them are found in one run.
final class ConfigurationDecoder {
  let file: String
  let context: DecodingContext
  var log = ProblemLog()

  /// What entries may refer to; it's read before they are.
  var credentialNames: Field<Set<String>> = .absent
  var defaults = EntryDefaults()
  var stateDirectory: String
  /// Files that no destination may overwrite, each with what it is.
  var reservedFiles: [String: String] = [:]
  /// By name, as written.
  var credentialFiles: [String: String] = [:]
  /// Credentials that an entry provides, with that entry.
  var provided: [String: Int] = [:]

  /// What entries may not have in common, with the entry that has it first.
  var entryNames: [String: Int] = [:]
  var entryTokens: [TokenIdentity: Int] = [:]
  var destinationFiles: [String: DestinationIndex] = [:]
  /// The links through which directories are read, each with its place in the text.
  var directoryLinks: [String: (index: DestinationIndex, offset: Int)] = [:]
  /// The files beside which former contents are kept.
  var keepingFiles: [String: DestinationIndex] = [:]
  /// The templates, each with a destination that is filled in from it.
  var templateFiles: [String: DestinationIndex] = [:]

  /// What many entries have in common is parsed once and stored once.
  var sharedStrings = Interner<String>()
  var sharedExceptions = Interner<Set<Destination.Exception>>()
  var sharedWindows = Interner<[CalendarExpression]>()
  var sharedUnits = Interner<[String]>()
  var sharedVerifySettings = Interner<VerifySettings>()
  var sharedPrograms = Interner<[Program]>()
  var sharedEntryTerms = Interner<Shared<EntryTerms>>()
  var sharedDestinationTerms = Interner<Shared<DestinationTerms>>()
  var spans: [String: TimeSpan] = [:]
  var calendars: [String: CalendarExpression] = [:]

  init(file: String, context: DecodingContext) {
    self.file = file
    self.context = context
    stateDirectory = context.stateDirectory
    if file.utf8.first == UInt8(ascii: "/") { reservedFiles[file] = "this configuration" }
  }

  /// The configuration; nil where something is missing, and of no use where the log has a problem.
  func configuration(_ root: JSONNode) -> Configuration? {
    var parts: [ConfigurationKey.Top: JSONNode] = [:]
    guard members(of: root, ConfigurationKey.Top.self, { parts[$0] = $1 }) else { return nil }

    if let node = parts[.schema] { _ = string(node) }
    if let node = parts[.stateDirectory] { stateDirectory = path(node).value ?? stateDirectory }
    let escrow = parts[.escrow].flatMap { choice($0, EscrowForm.self).value } ?? .plain
    let waitForClock = parts[.waitForClock].flatMap { boolean($0).value } ?? false
    let api = parts[.api].flatMap(apiSettings) ?? APISettings()
    let credentials = parts[.credentials].map(credentialSources) ?? .absent
    let metrics = parts[.metrics].flatMap(metricsSettings)
    credentialNames = credentials.map { Set($0.keys) }
    if let node = parts[.defaults] { defaults = entryDefaults(node) }
    let tokens = parts[.tokens].flatMap(entries)
    refuseFilesBehindLinks()

    for (key, isMissing) in [
      (ConfigurationKey.Top.credentials, credentials.isAbsent), (.tokens, parts[.tokens] == nil),
    ]
    where isMissing {
      report("\"\(key.rawValue)\" is missing", at: root)
    }
    guard let credentials = credentials.value, let tokens else { return nil }
    return Configuration(
      api: api, credentials: credentials, tokens: tokens, stateDirectory: stateDirectory,
      escrow: escrow, waitForClock: waitForClock, metrics: metrics)
  }

  /// A destination among all.
  struct DestinationIndex: CustomStringConvertible, Equatable {
    let entry: Int
    let destination: Int

    var description: String { "tokens[\(entry)].publish[\(destination)]" }
  }
}

// MARK: - Problems

extension ConfigurationDecoder {
  func report(_ message: String, at node: JSONNode) { log.add(message, at: node.offset) }

  /// Reports `message` and stands for the value that is refused.
  func refuse<Value>(_ node: JSONNode, _ message: String) -> Field<Value> {
    report(message, at: node)
    return .refused
  }

  /// Refuses a value of the wrong kind; `expected` has its article, and may go on with more.
  func refuse<Value>(_ node: JSONNode, insteadOf expected: String) -> Field<Value> {
    report(node, insteadOf: expected)
    return .refused
  }

  func report(_ node: JSONNode, insteadOf expected: String) {
    let found =
      switch node.kind {
      case .object: "an object"
      case .array: "an array"
      case .string: "a string"
      case .number: "a number"
      case .boolean: "a boolean"
      case .null: "null"
      }
    report("must be \(expected), not \(found)", at: node)
  }
}

// MARK: - Objects

extension ConfigurationDecoder {
  /// Hands the members of an object that are known to `body`; reports the others, and keys that are there twice.
  ///
  /// False where `node` is no object, which is reported too.
  func members<Key: RawRepresentable<String> & CaseIterable>(
    of node: JSONNode, _: Key.Type, _ body: (Key, JSONNode) -> Void
  ) -> Bool {
    forEachMember(of: node) { member in
      let name = member.key
      if let key = Key(rawValue: name) {
        body(key, member.value)
      } else {
        log.add(Self.unknown(name, among: Key.allCases.map(\.rawValue)), at: member.keyOffset)
      }
    }
  }

  /// Hands the members of an object to `body`, but reports those whose key an earlier one has.
  func forEachMember(of node: JSONNode, _ body: (JSONMember) -> Void) -> Bool {
    guard node.kind == .object else {
      report(node, insteadOf: "an object")
      return false
    }
    let repeated = Set(node.repeatedMembers.map(\.keyOffset))
    for offset in repeated { log.add("this key is there twice", at: offset) }
    for member in node.members where repeated.isEmpty || !repeated.contains(member.keyOffset) { body(member) }
    return true
  }

  private static func unknown(_ key: String, among known: [String]) -> String {
    if let nearest = Spelling.nearest(to: key, of: known) {
      return "this key is not known; did you mean \"\(nearest)\"?"
    }
    return "this key is not known; known here: \(known.joined(separator: ", "))"
  }
}
