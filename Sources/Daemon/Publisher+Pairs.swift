internal import Configuration
internal import Core
internal import Glibc
internal import Platform

extension Publisher {
  /// The token of the pair `entry` whose secret consumers hold, by the token's id beside the secret; nil where nothing is
  /// published.
  ///
  /// Throws where there is a file and it cannot be told: rolling the wrong one takes the secret away from consumers.
  func holder(_ entry: Entry) throws(SystemError) -> String? {
    for destination in entry.publish {
      let content: Secret
      do throws(SystemError) {
        content = try Self.content(of: destination)
      } catch {
        if error.code == ENOENT { continue }
        throw error
      }
      if content.count == 0 { continue }
      let named = entry.tokenIDs.filter { content.contains($0) }
      guard named.count == 1 else {
        throw SystemError(
          "cannot find out which token of the pair consumers hold from", destination.file, code: 0,
          context:
            "there is no secret in it that can be read back; put that of one of the two tokens there, or remove it"
        )
      }
      return named[0]
    }
    return nil
  }
}

extension Secret {
  fileprivate func contains(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    return withBytes { bytes in
      bytes.count >= wanted.count
        && (0...bytes.count - wanted.count).contains { bytes[$0...].starts(with: wanted) }
    }
  }
}
