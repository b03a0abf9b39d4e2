internal import Core
internal import JSON

/// Destinations with a directory: files that are replaced together, behind a link.
extension ConfigurationDecoder {
  /// The link's name where the configuration has none.
  private static let standardLink = "current"
  /// The longest name of a link, so that there is room for what is made beside it.
  private static let mostLinkBytes = 64

  /// Whether `node` is meant as a directory, whatever else is wrong with it.
  static func isDirectory(_ node: JSONNode) -> Bool {
    node["file"] == nil
      && [ConfigurationKey.Directory.directory, .link, .files].contains { node[$0.rawValue] != nil }
  }

  /// The files of the directory `node`, each a destination; nil where something about it is refused.
  func directory(_ node: JSONNode, at index: DestinationIndex) -> [Destination]? {
    var directory = Field<String>.absent
    var linkNode: JSONNode?
    var filesNode: JSONNode?
    var own = DestinationParts()
    let isObject = members(of: node, ConfigurationKey.Directory.self) { key, value in
      switch key {
      case .directory: directory = path(value)
      case .link: linkNode = value
      case .files: filesNode = value
      case .mode: own.mode = mode(value)
      case .group: own.group = account(value, "a group")
      case .allow: own.allow = exceptions(value)
      case .keepPrevious: own.keepPrevious = previousCount(value)
      }
    }
    guard isObject else { return nil }
    if directory.isAbsent { report("\"directory\" is missing", at: node) }
    if filesNode == nil { report("\"files\" is missing", at: node) }
    let parts = own.over(defaults.destination)
    if parts.owner.value != nil {
      report(
        "a directory belongs to the service, and \"defaults\" has an \"owner\"; take it out there, and use \"group\" here",
        at: node)
    }
    let name = linkNode.map { string($0, refusal: Self.linkRefusal) } ?? .given(Self.standardLink, offset: 0)
    guard let directory = directory.value, let name = name.value, let filesNode else { return nil }
    var link = claim("\(directory)/\(name)", from: linkNode ?? node, at: index)
    let files = self.files(filesNode, in: "\(directory)/\(name)", at: index)
    let isEncrypted = files?.contains { $0.format == .credential } ?? false
    let keepPrevious = previousCount(own.keepPrevious, for: isEncrypted ? .credential : .raw)
    if keepPrevious.value != nil { claimPreviousFiles(&link, at: index) }
    guard case .given(let path, let offset) = link, let files, parts.owner.isAbsent, !parts.mode.isRefused,
      !parts.group.isRefused, !parts.allow.isRefused, !keepPrevious.isRefused
    else { return nil }
    directoryLinks[path] = (index, offset)
    return files.map { file in
      var terms = file.terms.value
      terms.mode = parts.mode.value ?? file.mode
      terms.group = parts.group.value
      terms.allow = parts.allow.value ?? []
      terms.keepPrevious = keepPrevious.value
      var file = file
      file.terms = sharedDestinationTerms.shared(Shared(terms))
      return file
    }
  }

  /// The elements of `files`, without what is the directory's to say; nil where one of them is refused.
  private func files(_ node: JSONNode, in link: String, at index: DestinationIndex) -> [Destination]? {
    guard count(of: node, "file", "files", most: Destination.mostFiles) != nil else { return nil }
    let files = node.elements.map { file($0, in: link, at: index) }
    let good = files.compactMap(\.self)
    return good.count == files.count ? good : nil
  }

  private func file(_ node: JSONNode, in link: String, at index: DestinationIndex) -> Destination? {
    var nameNode: JSONNode?
    var formatField = Field<Destination.Format>.absent
    var keyNode: JSONNode?
    var templateNode: JSONNode?
    let isObject = members(of: node, ConfigurationKey.DirectoryFile.self) { key, value in
      switch key {
      case .name: nameNode = value
      case .format: formatField = choice(value, Destination.Format.self)
      case .key: keyNode = value
      case .template: templateNode = value
      }
    }
    guard isObject else { return nil }
    if nameNode == nil { report("\"name\" is missing", at: node) }
    // Of a format that is refused nothing is known.
    let formats = formatField.or(defaults.destination.format)
    guard let format = formats.isAbsent ? .raw : formats.value else { return nil }
    let path = nameNode.map { self.path(ofFile: $0, in: link, for: format, at: index) } ?? .refused
    let key = keyNode.map { self.key($0, for: format) } ?? .absent
    let template = templateNode.map { self.template($0, for: format, at: index) } ?? .absent
    if format == .template, template.isAbsent {
      report("\"template\" is missing, the file that the format \"template\" fills in", at: node)
    }
    guard let path = path.value, !key.isRefused, !template.isRefused,
      template.isAbsent == (format != .template)
    else { return nil }
    return Destination(
      file: path, format: format, key: key.value ?? format.defaultKey, template: template.value,
      isBehindLink: true)
  }

  /// The path of the file with the name `node`.
  private func path(
    ofFile node: JSONNode, in link: String, for format: Destination.Format, at index: DestinationIndex
  ) -> Field<String> {
    guard let name = string(node, refusal: Self.fileNameRefusal).value else { return .refused }
    if format == .credential, let refusal = CredentialName.refusal(of: name) {
      return refuse(node, "\(quotation(name)) \(refusal); the file's name is the credential's too")
    }
    let path = "\(link)/\(name)"
    if let refusal = AbsolutePath.refusal(of: path) {
      return refuse(node, "\(quotation(path)) \(refusal)")
    }
    return claim(path, from: node, at: index)
  }

  private static func fileNameRefusal(_ name: String) -> String? {
    let isGood =
      1...AbsolutePath.mostComponentBytes ~= name.utf8.count && name != "." && name != ".."
      && !name.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }
    return isGood
      ? nil : "is not the name of a file: 1 to \(AbsolutePath.mostComponentBytes) bytes without \"/\""
  }

  private static func linkRefusal(_ name: String) -> String? {
    if name.utf8.count > mostLinkBytes { return "is longer than \(mostLinkBytes) bytes" }
    return fileNameRefusal(name).map { _ in
      "is not the name of a link: 1 to \(mostLinkBytes) bytes without \"/\""
    }
  }

  /// Refuses links behind which another destination has a file, which the next roll would take away.
  func refuseFilesBehindLinks() {
    guard !directoryLinks.isEmpty else { return }
    for (file, writer) in destinationFiles.sorted(by: { $0.key < $1.key }) {
      let parent = String(PathParts(file).directory)
      guard let link = directoryLinks[parent], link.index != writer else { continue }
      log.add(
        "\(quotation(parent)) leads to another directory after each roll, and \(writer) writes \(quotation(file))",
        at: link.offset)
    }
  }
}
