public import CloudflareAPI
internal import Configuration
internal import JSON
internal import Platform

extension Discovery {
  /// Where the configuration that is written publishes, unless it is told otherwise.
  public nonisolated static let defaultDirectory = "/var/lib/tokenroll-published"

  /// The chosen tokens that a configuration can roll: neither the credential itself, nor what is not in force.
  public nonisolated var rollable: [TokenDetails] { tokens.filter { $0.id != own && $0.status == .active } }

  /// Writes a configuration that rolls the chosen tokens, each to a file in `directory`, to `path`, which must not exist.
  ///
  /// Returns the names of the entries. No secret is in it. Throws where it could not be used, or not be written.
  public func write(to path: String, directory: String) throws(ServiceFailure) -> [String] {
    guard !rollable.isEmpty else {
      throw ServiceFailure(
        kind: .usage,
        description: "no token was chosen that could be rolled, so nothing was written to \(path)")
    }
    var names = EntryNames()
    let entries = rollable.map { (name: names.take($0.name), token: $0) }
    let text = text(entries, directory) + [UInt8(ascii: "\n")]
    let problem = text.withUnsafeBytes { bytes -> ConfigurationError? in
      do throws(ConfigurationError) {
        _ = try ConfigurationFile.judge(bytes, file: path)
        return nil
      } catch {
        return error
      }
    }
    if let problem {
      throw ServiceFailure(
        kind: .usage,
        description: "nothing was written, for the configuration would be refused; correct --directory: "
          + problem.description)
    }
    do throws(SystemError) {
      try NewFile.write(text, to: path, mode: 0o644)
    } catch {
      throw ServiceFailure(kind: .state, description: error.description)
    }
    return entries.map(\.name)
  }

  private func text(_ entries: [(name: String, token: TokenDetails)], _ directory: String) -> [UInt8] {
    var writer = JSONWriter(.pretty)
    writer.beginObject()
    writeAPI(&writer)
    writer.key("credentials")
    writer.beginObject()
    writer.key(credential.name)
    writer.beginObject()
    writer.member("file", credential.source.file)
    writer.endObject()
    writer.endObject()
    writer.key("defaults")
    writer.beginObject()
    writer.member("account_id", account)
    writer.member("credential", credential.name)
    writer.key("schedule")
    writer.beginObject()
    writer.member("every", "30d")
    writer.member("jitter", "6h")
    writer.endObject()
    writer.endObject()
    writer.key("tokens")
    writer.beginArray()
    for entry in entries {
      writer.beginObject()
      writer.member("name", entry.name)
      writer.member("token_id", entry.token.id)
      writer.key("publish")
      writer.beginArray()
      writer.beginObject()
      writer.member("file", "\(directory)/\(entry.name)")
      writer.endObject()
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  private func writeAPI(_ writer: inout JSONWriter) {
    let usual = APISettings()
    guard api.baseURL != usual.baseURL || api.caFile != nil else { return }
    writer.key("api")
    writer.beginObject()
    if api.baseURL != usual.baseURL { writer.member("base_url", api.baseURL) }
    if let file = api.caFile { writer.member("ca_file", file) }
    writer.endObject()
  }
}
