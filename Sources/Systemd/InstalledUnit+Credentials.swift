public import Core
internal import Glibc
internal import Platform

// What the unit hands to the service from files of root's (systemd.exec(5), "Credentials").
extension InstalledUnit {
  /// The names of the credentials that the unit hands to the service, `*` at the end of a prefix.
  public var credentials: Set<String> {
    var names: Set<String> = []
    for key in [
      "LoadCredential", "LoadCredentialEncrypted", "SetCredential", "SetCredentialEncrypted",
      "ImportCredential",
    ] {
      for assignment in settings(key) {
        let name = assignment.value.prefix { $0 != ":" }
        names.insert(expanded(name.filter { $0 != "\"" }))
      }
    }
    return names
  }

  /// The file of the host that systemd reads as the credential `name`, whether it exists or not.
  ///
  /// Nil where the unit does not hand it over as it stands: encrypted, or not at all.
  public func source(ofCredential name: String) -> String? {
    guard let source = sources("LoadCredential")[name] else { return nil }
    return files(source, encrypted: false).first ?? (isEncrypted(source) ? nil : Self.absolute(source))
  }

  /// The files of the unit and of its credentials that were changed after `time`.
  public func filesChanged(since time: Timestamp) -> [String] {
    let credentials =
      sources("LoadCredential").values.compactMap { files($0, encrypted: false).first }
      + sources("LoadCredentialEncrypted").values.compactMap { files($0, encrypted: true).first }
    return ([file] + dropIns + credentials.sorted()).filter { path in
      (try? FileAttributes(of: path)).map { $0.modified > time } == true
    }
  }

  /// What `ID[:PATH]` of `key` says, by the identifiers.
  private func sources(_ key: String) -> [String: String] {
    var sources: [String: String] = [:]
    for assignment in settings(key) {
      let parts = assignment.value.split(separator: ":", maxSplits: 1).map { expanded(String($0)) }
      if let name = parts.first { sources[name] = parts.last }
    }
    return sources
  }

  private func isEncrypted(_ source: String) -> Bool { !files(source, encrypted: true).isEmpty }

  /// Those that exist, in the order in which they are looked for.
  private func files(_ source: String, encrypted: Bool) -> [String] {
    let candidates =
      source.hasPrefix("/")
      ? [source]
      : Self.stores.map { store in
        "\(store)\(encrypted ? ".encrypted" : "")/\(source)"
      }
    return candidates.filter { Glibc.access($0, F_OK) == 0 }
  }

  private static func absolute(_ source: String) -> String {
    source.hasPrefix("/") ? source : "\(stores[0])/\(source)"
  }

  private static let stores = ["/etc/credstore", "/run/credstore", "/usr/lib/credstore"]
}
