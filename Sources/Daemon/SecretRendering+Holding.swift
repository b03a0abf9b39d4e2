internal import Configuration
internal import JSON
internal import Platform

extension SecretRendering {
  /// Whether consumers find `secret` in `content`; nil where that cannot be told.
  func holds(_ secret: Secret, in content: Secret, token: String) -> Bool? {
    switch destination.format {
    case .raw, .env, .json:
      return self.secret(in: content)?.equals(secret) ?? false
    case .r2Env:
      return r2Environment(secret, token: token).equals(content)
    case .r2JSON:
      return content.withBytes { bytes in
        guard let document = try? JSONDocument(parsing: bytes) else { return false }
        let key = document.root["secret_access_key"]?.withUTF8 { Secret(copying: $0) }
        return key?.equals(secret.sha256Hexadecimal) == true
          && document.root["access_key_id"]?.string == token
      }
    case .credential:
      return nil
    case .template:
      return self.secret(in: content)?.equals(secret)
    }
  }
}
