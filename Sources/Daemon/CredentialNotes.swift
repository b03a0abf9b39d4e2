public import Configuration
internal import Glibc
internal import Platform
internal import Store
internal import Systemd

/// What `tokenroll check` says of credentials that do not come from where the configuration says.
public enum CredentialNotes {
  /// A sentence for each credential that a roll of the service gave another secret than its file holds.
  public static func of(_ configuration: Configuration) -> [String] {
    let successors = Successors(stateDirectory: configuration.stateDirectory)
    let unit = (try? InstalledUnit.find(UnitCheck.unitName)) ?? nil
    let reader = CredentialReader(directory: CredentialsDirectory(path: nil), successors: successors)
    return configuration.credentials.sorted { $0.key < $1.key }.compactMap { (name, source) in
      let file = path(of: source, unit)
      if let file, let reading = try? reader.read(CredentialSource(file: file), name: name) {
        return reading.successor.map { _ in "credential \(name): \(reading.sentence)" }
      }
      guard let item = (try? successors.contents())?.first(where: { $0.credential == name }) else {
        return nil
      }
      return
        "credential \(name): a roll gave it the secret in \(item.path), which is in use unless its own file, which cannot "
        + "be read from here, has been given another one since"
    }
  }

  /// Where the credential lies that systemd hands over, or that is read from a file; nil where that is nowhere to be seen.
  static func path(of source: CredentialSource, _ unit: InstalledUnit?) -> String? {
    if let path = try? CredentialsDirectory.current.resolve(source.file) { return path }
    let running = "/run/credentials/\(UnitCheck.unitName)/\(source.file)"
    return access(running, F_OK) == 0 ? running : unit?.source(ofCredential: source.file)
  }
}
