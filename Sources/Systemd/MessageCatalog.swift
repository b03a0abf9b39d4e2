internal import CSystemd
public import Core
internal import Glibc

/// The catalog with which `journalctl -x` explains messages (journalctl(1), `--update-catalog`).
public enum MessageCatalog {
  /// Whether the catalog of this machine explains `kind`.
  public static func explains(_ kind: EventKind) -> Bool {
    var identifier = sd_id128_t()
    guard sd_id128_from_string(kind.messageID, &identifier) >= 0 else { return false }
    var text: UnsafeMutablePointer<CChar>?
    defer { free(text) }
    return sd_journal_get_catalog_for_message_id(identifier, &text) >= 0
  }
}
