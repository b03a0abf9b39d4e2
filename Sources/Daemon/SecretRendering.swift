internal import Configuration
internal import Core
internal import JSON
internal import Platform

/// How a secret stands in a file, and how it is read back from there.
struct SecretRendering {
  /// What a file can say beside the secret.
  struct Facts {
    var entry: String
    var accountID: String
    var tokenID: String
    var rolledAt: Timestamp
  }

  let destination: Destination
  /// What the format `template` fills in.
  var template: Template?

  /// The whole content of the file, in memory that is wiped; throws where it cannot be had.
  func render(_ secret: Secret, _ facts: Facts) throws(SystemError) -> Secret {
    switch destination.format {
    // Encrypted, it is the secret alone too.
    case .raw, .credential:
      return secret
    case .env:
      return assignments([(destination.effectiveKey, EnvironmentValue.quote(secret))])
    case .json:
      return object(facts) { writer in
        writer.key(destination.effectiveKey)
        secret.withBytes { writer.value(utf8: $0) }
      }
    case .r2Env:
      return r2Environment(secret, token: facts.tokenID)
    case .r2JSON:
      return object(facts) { writer in
        writer.key("access_key_id")
        writer.value(facts.tokenID)
        writer.key("secret_access_key")
        secret.sha256Hexadecimal.withBytes { writer.value(utf8: $0) }
      }
    case .template:
      guard let template else {
        throw SystemError("cannot write", destination.file, code: 0, context: "its template was not read")
      }
      return template.render(secret, facts)
    }
  }

  /// Bytes that the content of the file will hardly exceed.
  var capacity: Int { 4_096 + (template?.leastCount ?? 0) }

  /// The secret in `content`, as `render` wrote it; nil where there is none, and where the format does not hold it.
  func secret(in content: Secret) -> Secret? {
    switch destination.format {
    case .raw:
      return content.count > 0 ? content : nil
    case .env:
      return content.withBytes { bytes in
        let prefix = Array((destination.effectiveKey + "=").utf8)
        var line = bytes.startIndex
        while line < bytes.endIndex {
          if bytes[line...].starts(with: prefix) {
            return EnvironmentValue.unquote(bytes[(line + prefix.count)...])
          }
          guard let end = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
          line = end + 1
        }
        return nil
      }
    case .json:
      return content.withBytes { bytes in
        guard let document = try? JSONDocument(parsing: bytes) else { return nil }
        return document.root[destination.effectiveKey]?.withUTF8 { Secret(copying: $0) }
      }
    case .r2Env, .r2JSON, .credential:
      return nil
    case .template:
      return template?.secret(in: content)
    }
  }

  /// The whole content of a file with the format `r2-env`.
  func r2Environment(_ secret: Secret, token: String) -> Secret {
    assignments([
      ("AWS_ACCESS_KEY_ID", Secret(text: token)), ("AWS_SECRET_ACCESS_KEY", secret.sha256Hexadecimal),
    ])
  }

  private func assignments(_ pairs: [(key: String, value: Secret)]) -> Secret {
    Secret(joining: pairs.flatMap { [Secret(text: $0.key + "="), $0.value, Secret(text: "\n")] })
  }

  private func object(_ facts: Facts, _ body: (inout JSONWriter) -> Void) -> Secret {
    var writer = JSONWriter(.pretty)
    writer.beginObject()
    body(&writer)
    writer.key("account_id")
    writer.value(facts.accountID)
    writer.key("token_id")
    writer.value(facts.tokenID)
    writer.key("rolled_at")
    writer.value(facts.rolledAt.rfc3339)
    writer.endObject()
    return writer.withBytes { Secret(copying: $0) }
  }
}
