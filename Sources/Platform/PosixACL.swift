internal import Glibc

/// The binary form of an access control list, as `system.posix_acl_access` holds it (linux/posix_acl_xattr.h):
/// a version of four bytes, then entries of a tag (2 bytes), permissions (2) and an identifier (4), little-endian.
enum PosixACL {
  private static let version: [UInt8] = [2, 0, 0, 0]
  private enum Tag {
    static let owner: UInt8 = 0x01
    static let owningGroup: UInt8 = 0x04
    static let mask: UInt8 = 0x10
    static let others: UInt8 = 0x20
  }

  /// The list with the rights of owner, mask and others that `mode` grants, so that setting it never widens them.
  ///
  /// Returns nil where `list` has another form than the one known.
  static func limited(_ list: [UInt8], to mode: mode_t) -> [UInt8]? {
    guard list.count >= 4, (list.count - 4) % 8 == 0, Array(list.prefix(4)) == version else { return nil }
    var result = list
    let entries = stride(from: 4, to: list.count, by: 8)
    let hasMask = entries.contains { list[$0] == Tag.mask && list[$0 + 1] == 0 }
    for entry in entries where list[entry + 1] == 0 {
      switch list[entry] {
      case Tag.owner: result[entry + 2] = UInt8(mode >> 6 & 7)
      case Tag.mask: result[entry + 2] = UInt8(mode >> 3 & 7)
      case Tag.owningGroup where !hasMask: result[entry + 2] = UInt8(mode >> 3 & 7)
      case Tag.others: result[entry + 2] = UInt8(mode & 7)
      default: break
      }
    }
    return result
  }
}
