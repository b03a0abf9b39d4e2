extension Configuration {
  /// A sentence about the entries of whose destinations none can be read back; nil where there are none.
  public var noteOnUnreadable: String? {
    let names = tokens.filter { entry in entry.publish.allSatisfy { !$0.format.holdsReadableSecret } }.map(
      \.name)
    guard !names.isEmpty else { return nil }
    let listed =
      names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    return
      "\(listed): no destination can be read back for the secret in force, so that after a request without an answer the "
      + "API's modified_on alone says whether it took effect; a destination of the format raw, env or json would let "
      + "the old secret be asked for"
  }
}
