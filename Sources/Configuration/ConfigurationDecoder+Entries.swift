internal import Core
internal import JSON

extension ConfigurationDecoder {
  /// The most elements of `tokens`.
  static var mostEntries: Int { 500_000 }

  func entryDefaults(_ node: JSONNode) -> EntryDefaults {
    var defaults = EntryDefaults()
    let isObject = members(of: node, ConfigurationKey.Defaults.self) { key, value in
      switch key {
      case .accountID: defaults.accountID = accountID(value)
      case .credential: defaults.credential = credential(value)
      case .schedule: defaults.schedule = scheduleParts(value)
      case .publish: defaults.destination = defaultDestination(value)
      case .reload: defaults.reload = units(value)
      case .verify: defaults.verify = verifyParts(value)
      case .run: defaults.programs.run = programs(value)
      case .onFailure: defaults.programs.onFailure = alertPrograms(value)
      case .onRecovery: defaults.programs.onRecovery = alertPrograms(value)
      }
    }
    if !isObject {
      defaults.accountID = .refused
      defaults.credential = .refused
      defaults.schedule = .refused
      defaults.reload = .refused
      defaults.verify = .refused
      defaults.programs = .refused
    }
    return defaults
  }

  func entries(_ node: JSONNode) -> [Entry]? {
    guard let count = count(of: node, "entry", "entries", most: Self.mostEntries) else { return nil }
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    entryNames.reserveCapacity(count)
    entryTokens.reserveCapacity(count)
    destinationFiles.reserveCapacity(count)
    for (index, element) in node.elements.enumerated() {
      if let entry = entry(element, index: index) { entries.append(entry) }
    }
    return entries
  }

  /// The number of elements of the array `node`, 1 to `most`; any other is refused.
  func count(of node: JSONNode, _ one: String, _ several: String, most: Int) -> Int? {
    guard node.kind == .array else {
      report(node, insteadOf: "an array of \(several)")
      return nil
    }
    let count = node.elements.reduce(0) { count, _ in count + 1 }
    guard 1...most ~= count else {
      report(
        count == 0
          ? "at least one \(one) is needed" : "there are \(count) \(several); at most \(most) are accepted",
        at: node)
      return nil
    }
    return count
  }

  private func entry(_ node: JSONNode, index: Int) -> Entry? {
    var name = Field<String>.absent
    var enabled = Field<Bool>.absent
    var account = Field<String>.absent
    var tokens = TokenFields()
    var strategy = StrategyFields()
    var credential = Field<String>.absent
    var provide: JSONNode?
    var selfRoll: JSONNode?
    var scheduleNode: JSONNode?
    var publish: JSONNode?
    var reload = Field<[String]>.absent
    var verify: VerifyParts?
    var programs = ProgramFields()
    let isObject = members(of: node, ConfigurationKey.Entry.self) { key, value in
      switch key {
      case .name: name = entryName(value, index: index)
      case .enabled: enabled = boolean(value)
      case .accountID: account = accountID(value)
      case .tokenID: tokens.single = tokenID(value)
      case .tokenIDs: tokens.pair = tokenIDs(value)
      case .strategy: strategy.strategy = choice(value, StrategyFields.Strategy.self)
      case .grace: strategy.grace = self.grace(value)
      case .credential: credential = self.credential(value)
      case .provide: provide = value
      case .allowSelfRoll: selfRoll = value
      case .schedule: scheduleNode = value
      case .publish: publish = value
      case .reload: reload = units(value)
      case .verify: verify = verifyParts(value)
      case .run: programs.run = self.programs(value)
      case .onFailure: programs.onFailure = alertPrograms(value)
      case .onRecovery: programs.onRecovery = alertPrograms(value)
      }
    }
    guard isObject else { return nil }
    account = account.or(defaults.accountID)
    credential = credential.or(defaults.credential)
    reload = reload.or(defaults.reload)
    programs = programs.over(defaults.programs)
    if name.isAbsent { report("\"name\" is missing", at: node) }
    if account.isAbsent { report("\"account_id\" is missing, here and in \"defaults\"", at: node) }
    let token = self.tokens(tokens, of: account, index: index, at: node)
    if credential.isAbsent { report("\"credential\" is missing, here and in \"defaults\"", at: node) }
    if publish == nil, provide == nil { report("\"publish\" is missing", at: node) }
    let provided = provided(provide, selfRoll, credential: credential, entry: index)
    if provide != nil, !tokens.pair.isAbsent {
      report(
        "\"provide\" goes with \"token_id\": two credentials that roll each other need no pair", at: node)
    }
    let grace = self.grace(strategy, isPair: !tokens.pair.isAbsent, isProvider: provide != nil)
    let schedule = schedule(scheduleNode.map(scheduleParts), at: scheduleNode ?? node)
    let ownFile = provided.value.flatMap { credentialFiles[$0] }
    let destinations =
      publish.map { self.destinations($0, entry: index, ownFile: ownFile) } ?? (provide == nil ? nil : [])
    let settings = verifySettings(verify)
    if provided.value != nil, settings?.afterRoll == false {
      report(
        "\"after_roll\" of \"verify\" is false, here or in \"defaults\"; a credential is used by the service itself, and always "
          + "verified: make it true here", at: node)
    }
    guard let name = name.value, !enabled.isRefused, let account = account.value, let token,
      let credential = credential.value, let schedule, let destinations, !reload.isRefused,
      !provided.isRefused, let settings, !programs.isRefused, !grace.isRefused
    else { return nil }
    var entry = Entry(
      name: name, enabled: enabled.value ?? true, accountID: account, tokenID: token.id, twinID: token.twin,
      grace: grace.value, credential: credential, provide: provided.value, schedule: schedule,
      publish: destinations, reload: reload.value ?? [], verify: settings,
      run: programs.run.value ?? [], onFailure: programs.onFailure.value ?? [],
      onRecovery: programs.onRecovery.value ?? [])
    entry.terms = sharedEntryTerms.shared(entry.terms)
    return entry
  }
}

// MARK: - Members

extension ConfigurationDecoder {
  private func entryName(_ node: JSONNode, index: Int) -> Field<String> {
    guard case .given(let name, let offset) = string(node, refusal: Self.nameRefusal) else { return .refused }
    if let other = entryNames.updateValue(index, forKey: name) {
      entryNames[name] = other
      return refuse(node, "\(quotation(name)) is the name of tokens[\(other)] already")
    }
    return .given(name, offset: offset)
  }

  private func accountID(_ node: JSONNode) -> Field<String> {
    identifier(node, "an account's id has 32 lower-case hexadecimal digits", count: 32...32) {
      $0.isDigit || 0x61...0x66 ~= $0
    }.map { shared($0) }
  }

  func tokenID(_ node: JSONNode) -> Field<String> {
    identifier(node, "a token's id has 1 to 32 lower-case letters and digits", count: 1...32) {
      $0.isDigit || $0.isLowerCaseLetter
    }
  }

  /// An identifier of the API; it is not quoted, for a secret may have been put in its place.
  private func identifier(
    _ node: JSONNode, _ rule: String, count: ClosedRange<Int>, isGood: (UInt8) -> Bool
  ) -> Field<String> {
    guard case .given(let text, let offset) = string(node) else { return .refused }
    guard count.contains(text.utf8.count) else {
      let length = text.unicodeScalars.count
      return refuse(node, "has \(length) \(length == 1 ? "character" : "characters"); \(rule)")
    }
    guard text.hasOnlyBytes(isGood) else {
      return refuse(node, "has a character of another kind; \(rule)")
    }
    return .given(text, offset: offset)
  }

  func credential(_ node: JSONNode) -> Field<String> {
    guard case .given(let name, let offset) = string(node) else { return .refused }
    if let known = credentialNames.value, !known.contains(name) {
      let nearest = Spelling.nearest(to: name, of: known)
      return refuse(
        node, "there is no credential \(quotation(name))\(nearest.map { "; did you mean \"\($0)\"?" } ?? "")")
    }
    return .given(shared(name), offset: offset)
  }

  private func units(_ node: JSONNode) -> Field<[String]> {
    guard node.kind == .array else { return refuse(node, insteadOf: "an array of units") }
    var seen: Set<String> = []
    let fields = node.elements.map { element -> Field<String> in
      let unit = string(element, refusal: UnitName.refusal).map { shared($0) }
      guard let name = unit.value, !seen.insert(name).inserted else { return unit }
      return refuse(element, "\(quotation(name)) is in this list already")
    }
    let units = fields.compactMap(\.value)
    guard units.count == fields.count else { return .refused }
    return .given(sharedUnits.shared(units), offset: node.offset)
  }

  func refuseSecondEntry(of account: Field<String>, _ token: Field<String>, index: Int) {
    guard let account = account.value, case .given(let id, let offset) = token else { return }
    let identity = TokenIdentity(account: account, token: id)
    if let other = entryTokens.updateValue(index, forKey: identity) {
      entryTokens[identity] = other
      log.add("this token has an entry already, tokens[\(other)]", at: offset)
    }
  }
}
