internal import JSON

/// `keep_previous`: the names beside a destination, from `.1` to `.10`, belong to it then.
extension ConfigurationDecoder {
  func previousCount(_ node: JSONNode) -> Field<Int> {
    integer(node, in: 0...Destination.mostPrevious)
  }

  /// How many former contents a destination of `format` keeps, which says `own` itself.
  ///
  /// A credential keeps none: it is encrypted to other bytes each time, so that after a crash the new secret could not be
  /// told from a former one.
  func previousCount(_ own: Field<Int>, for format: Destination.Format) -> Field<Int> {
    guard format == .credential else { return own.or(defaults.destination.keepPrevious) }
    guard case .given(_, let offset) = own else { return own }
    log.add("the format \"credential\" keeps no former contents; leave this out", at: offset)
    return .refused
  }

  /// Takes the names of former contents beside `file`; refuses the file where one of them is something else.
  func claimPreviousFiles(_ file: inout Field<String>, at index: DestinationIndex) {
    guard case .given(let path, let offset) = file else { return }
    if let refusal = refusal(ofPreviousFilesOf: path) {
      log.add("\(refusal), so no former content can be kept there (keep_previous)", at: offset)
      file = .refused
    } else {
      keepingFiles[path] = index
    }
  }

  private func refusal(ofPreviousFilesOf file: String) -> String? {
    for number in 1...Destination.mostPrevious {
      let path = "\(file).\(number)"
      if let refusal = AbsolutePath.refusal(of: path) { return "\(quotation(path)) \(refusal)" }
      if let writer = destinationFiles[path] { return "\(quotation(path)) is written by \(writer)" }
      if let reader = templateFiles[path] { return "\(quotation(path)) is the template of \(reader)" }
      if let reserved = reservedFiles[path] { return "\(quotation(path)) is \(reserved)" }
    }
    return nil
  }

  /// The destination that keeps a former content under the name `path`; nil where none does.
  func keeper(of path: String) -> DestinationIndex? {
    guard !keepingFiles.isEmpty, let dot = path.lastIndex(of: "."),
      let number = Int(path[path.index(after: dot)...]), 1...Destination.mostPrevious ~= number,
      path.hasSuffix(".\(number)")
    else { return nil }
    return keepingFiles[String(path[..<dot])]
  }
}
