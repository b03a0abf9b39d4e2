internal import Core
internal import JSON

extension ConfigurationDecoder {
  func defaultDestination(_ node: JSONNode) -> DestinationParts {
    var parts = DestinationParts()
    let isObject = members(of: node, ConfigurationKey.DefaultDestination.self) { key, value in
      switch key {
      case .format: parts.format = choice(value, Destination.Format.self)
      case .mode: parts.mode = mode(value)
      case .owner: parts.owner = account(value, "a user")
      case .group: parts.group = account(value, "a group")
      case .allow: parts.allow = exceptions(value)
      case .keepPrevious: parts.keepPrevious = previousCount(value)
      }
    }
    return isObject
      ? parts
      : DestinationParts(
        format: .refused, mode: .refused, owner: .refused, group: .refused, allow: .refused,
        keepPrevious: .refused)
  }

  /// The destinations of the entry `index`; nil where one of them is refused.
  ///
  /// One of them may be `ownFile`, the file of the credential that the entry provides.
  func destinations(_ node: JSONNode, entry index: Int, ownFile: String?) -> [Destination]? {
    guard node.kind == .array else {
      report(node, insteadOf: "an array of destinations")
      return nil
    }
    var destinations: [Destination] = []
    var (count, isGood) = (0, true)
    for element in node.elements {
      let place = DestinationIndex(entry: index, destination: count)
      if Self.isDirectory(element) {
        let files = directory(element, at: place)
        destinations += files ?? []
        isGood = isGood && files != nil
      } else if let destination = destination(element, at: place, ownFile: ownFile) {
        destinations.append(destination)
      } else {
        isGood = false
      }
      count += 1
    }
    if count == 0 { report("at least one destination is needed", at: node) }
    return isGood && count > 0 ? destinations : nil
  }

  private func destination(
    _ node: JSONNode, at index: DestinationIndex, ownFile: String?
  ) -> Destination? {
    var file = Field<String>.absent
    var keyNode: JSONNode?
    var templateNode: JSONNode?
    var nameNode: JSONNode?
    var own = DestinationParts()
    let isObject = members(of: node, ConfigurationKey.Destination.self) { key, value in
      switch key {
      case .file: file = destinationFile(value, at: index, ownFile: ownFile)
      case .key: keyNode = value
      case .template: templateNode = value
      case .name: nameNode = value
      case .format: own.format = choice(value, Destination.Format.self)
      case .mode: own.mode = mode(value)
      case .owner: own.owner = account(value, "a user")
      case .group: own.group = account(value, "a group")
      case .allow: own.allow = exceptions(value)
      case .keepPrevious: own.keepPrevious = previousCount(value)
      }
    }
    guard isObject else { return nil }
    if file.isAbsent { report("\"file\" is missing", at: node) }
    let parts = own.over(defaults.destination)
    // What a key may be, and whether there is a template, depends on the format; of a format that is refused nothing is known.
    let format = parts.format.isAbsent ? .given(.raw, offset: node.offset) : parts.format
    guard let format = format.value else { return nil }
    if let ownFile, file.value == ownFile, format != .raw {
      report(
        "this is the file of the credential, which holds the token alone: its format is \"raw\"", at: node)
    }
    let key = keyNode.map { self.key($0, for: format) } ?? .absent
    let name = credentialName(nameNode, of: file, at: node, for: format)
    let template = templateNode.map { self.template($0, for: format, at: index) } ?? .absent
    if format == .template, template.isAbsent {
      report("\"template\" is missing, the file that the format \"template\" fills in", at: node)
    }
    let keepPrevious = previousCount(own.keepPrevious, for: format)
    if keepPrevious.value != nil { claimPreviousFiles(&file, at: index) }
    guard let file = file.value, !key.isRefused, template.isAbsent == (format != .template),
      !template.isRefused, !name.isRefused,
      !parts.mode.isRefused, !parts.owner.isRefused,
      !parts.group.isRefused, !parts.allow.isRefused, !keepPrevious.isRefused
    else { return nil }
    var destination = Destination(
      file: file, format: format, key: key.value ?? format.defaultKey, template: template.value,
      name: name.value,
      mode: parts.mode.value ?? 0o600,
      owner: parts.owner.value, group: parts.group.value, allow: parts.allow.value ?? [],
      keepPrevious: keepPrevious.value)
    destination.terms = sharedDestinationTerms.shared(destination.terms)
    return destination
  }
}

// MARK: - Members

extension ConfigurationDecoder {
  private func destinationFile(
    _ node: JSONNode, at index: DestinationIndex, ownFile: String?
  ) -> Field<String> {
    guard let file = path(node).value else { return .refused }
    return claim(file, from: node, at: index, ownFile: ownFile)
  }

  /// Takes `file` for the destination `index`; refuses it, at `node`, where it is something else already.
  func claim(
    _ file: String, from node: JSONNode, at index: DestinationIndex, ownFile: String? = nil
  ) -> Field<String> {
    if AbsolutePath.lies(file, in: stateDirectory) {
      return refuse(
        node, "\(quotation(file)) is in the state directory, \(quotation(stateDirectory)); publish elsewhere")
    }
    if file != ownFile, let reserved = reservedFiles[file] {
      return refuse(node, "\(quotation(file)) is \(reserved), which a roll would overwrite")
    }
    if let reader = templateFiles[file] {
      return refuse(
        node,
        "\(quotation(file)) is the template of \(reader), which a roll would overwrite"
      )
    }
    if let keeper = keeper(of: file) {
      return refuse(node, "\(quotation(file)) is where \(keeper) keeps a former content (keep_previous)")
    }
    if let other = destinationFiles.updateValue(index, forKey: file) {
      destinationFiles[file] = other
      return refuse(
        node, "\(quotation(file)) is written by \(other) already")
    }
    return .given(file, offset: node.offset)
  }

  func key(_ node: JSONNode, for format: Destination.Format) -> Field<String> {
    let key: Field<String>
    switch format {
    case .env: key = string(node, refusal: Self.variableRefusal)
    case .json: key = string(node, refusal: Self.memberRefusal)
    case .raw, .r2Env, .r2JSON, .template, .credential:
      return refuse(node, "only the formats \"env\" and \"json\" have a key, not \"\(format.rawValue)\"")
    }
    return key.map { shared($0) }
  }

  func template(
    _ node: JSONNode, for format: Destination.Format, at index: DestinationIndex
  ) -> Field<String> {
    guard format == .template else {
      return refuse(node, "only the format \"template\" has a template, not \"\(format.rawValue)\"")
    }
    guard case .given(let file, let offset) = path(node) else { return .refused }
    if let reserved = reservedFiles[file] {
      return refuse(node, "\(quotation(file)) is \(reserved), and no template")
    }
    if let writer = destinationFiles[file] {
      return refuse(
        node,
        "\(quotation(file)) is written by \(writer), and no template"
      )
    }
    if let keeper = keeper(of: file) {
      return refuse(
        node, "\(quotation(file)) is where \(keeper) keeps a former content (keep_previous), and no template")
    }
    templateFiles[file] = index
    return .given(shared(file), offset: offset)
  }

  /// The name of the credential that the format `credential` makes; without one, that of the file has to do.
  private func credentialName(
    _ name: JSONNode?, of file: Field<String>, at destination: JSONNode, for format: Destination.Format
  ) -> Field<String> {
    if let name {
      guard format == .credential else {
        return refuse(name, "only the format \"credential\" has a name, not \"\(format.rawValue)\"")
      }
      return string(name, refusal: CredentialName.refusal).map { shared($0) }
    }
    guard format == .credential, let file = file.value else { return .absent }
    let own = String(PathParts(file).name)
    guard let refusal = CredentialName.refusal(of: own) else { return .absent }
    return refuse(
      destination, "the file's name, \(quotation(own)), \(refusal); give the credential another with \"name\""
    )
  }

  private static func variableRefusal(_ name: String) -> String? {
    let isGood =
      name.utf8.count <= 255 && name.utf8.first?.isDigit == false
      && name.utf8.allSatisfy { $0.isWordCharacter && $0 != UInt8(ascii: "-") }
    return isGood
      ? nil : "is not the name of a variable: letters, digits and \"_\", no digit first, 255 at most"
  }

  private static func memberRefusal(_ name: String) -> String? {
    if name.isEmpty || name.utf8.count > 255 { return "is not a key of 1 to 255 bytes" }
    return ["token_id", "account_id", "rolled_at"].contains(name)
      ? "is a key that the file has anyway; choose another for the secret" : nil
  }

  func mode(_ node: JSONNode) -> Field<UInt16> {
    guard let text = node.string else {
      return refuse(node, insteadOf: "a string of octal digits, such as \"0640\"")
    }
    let isOctal = 3...4 ~= text.utf8.count && text.utf8.allSatisfy(\.isDigit)
    guard isOctal, let mode = UInt16(text, radix: 8) else {
      return refuse(node, "\(quotation(text)) is not a mode of three or four octal digits, such as \"0640\"")
    }
    let refusal: String? =
      if mode & 0o7000 != 0 {
        "sets the set-user-ID, set-group-ID or sticky bit"
      } else if mode & 0o007 != 0 {
        "gives rights to others"
      } else if mode & 0o111 != 0 {
        "lets the file be executed"
      } else if mode & 0o400 == 0 {
        "does not let the owner read"
      } else {
        nil
      }
    if let refusal { return refuse(node, "\(quotation(text)) \(refusal); write e.g. \"0600\" or \"0640\"") }
    return .given(mode, offset: node.offset)
  }

  /// The name or number of a user or group, `what` with its article.
  func account(_ node: JSONNode, _ what: String) -> Field<String> {
    guard let text = node.string else {
      return refuse(node, insteadOf: "the name or number of \(what), in quotation marks")
    }
    // The largest number stands for "unchanged" (chown(2)).
    let isNumber = UInt32(text).map { String($0) == text && $0 != .max } ?? false
    let isName =
      text.utf8.count <= 255 && (text.utf8.first?.isLetter == true || text.utf8.first == UInt8(ascii: "_"))
      && text.hasOnlyBytes { $0.isWordCharacter || $0 == UInt8(ascii: ".") }
    guard isName || isNumber else {
      return refuse(node, "\(quotation(text)) is not the name or number of \(what)")
    }
    return .given(shared(text), offset: node.offset)
  }

  func exceptions(_ node: JSONNode) -> Field<Set<Destination.Exception>> {
    guard node.kind == .array else { return refuse(node, insteadOf: "an array of exceptions") }
    let fields = node.elements.map { choice($0, Destination.Exception.self) }
    let allowed = fields.compactMap(\.value)
    guard allowed.count == fields.count else { return .refused }
    return .given(sharedExceptions.shared(Set(allowed)), offset: node.offset)
  }
}
