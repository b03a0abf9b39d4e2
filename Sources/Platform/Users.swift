public import Glibc

/// Users and groups by name or number, as the system's databases know them (nsswitch.conf(5)).
public enum Users {
  /// The number of the user `name`: a name, or a number, which need not be known to the system.
  public static func userID(_ name: String) throws(SystemError) -> UInt32 {
    if let number = try number(name, kind: "user") { return number }
    return try look(name, kind: "user", _SC_GETPW_R_SIZE_MAX) { buffer, count, found in
      var entry = passwd()
      var result: UnsafeMutablePointer<passwd>?
      let code = getpwnam_r(name, &entry, buffer, count, &result)
      found = result == nil ? nil : entry.pw_uid
      return code
    }
  }

  /// The number of the group `name`: a name, or a number, which need not be known to the system.
  public static func groupID(_ name: String) throws(SystemError) -> UInt32 {
    if let number = try number(name, kind: "group") { return number }
    return try look(name, kind: "group", _SC_GETGR_R_SIZE_MAX) { buffer, count, found in
      var entry = group()
      var result: UnsafeMutablePointer<group>?
      let code = getgrnam_r(name, &entry, buffer, count, &result)
      found = result == nil ? nil : entry.gr_gid
      return code
    }
  }

  /// The group that the user `name` belongs to first of all; nil for a number that the system does not know.
  public static func primaryGroup(of name: String) throws(SystemError) -> gid_t? {
    let user = try userID(name)
    do throws(SystemError) {
      return try look("\(user)", kind: "user", _SC_GETPW_R_SIZE_MAX) { buffer, count, found in
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        let code = getpwuid_r(user, &entry, buffer, count, &result)
        found = result == nil ? nil : entry.pw_gid
        return code
      }
    } catch {
      if error.code == 0 { return nil }
      throw error
    }
  }

  /// All groups of the user `name` by the system's databases, `first` among them.
  public static func groups(of name: String, first: gid_t) -> [gid_t] {
    var groups = [gid_t](repeating: 0, count: 64)
    while true {
      var count = Int32(groups.count)
      if getgrouplist(name, first, &groups, &count) >= 0 { return Array(groups.prefix(Int(count))) }
      // Too small: the number that is needed was put into `count`.
      groups = [gid_t](repeating: 0, count: max(Int(count), groups.count * 2))
    }
  }

  /// The name of the user `number`; the number itself where the system knows none.
  public static func name(of number: uid_t) -> String {
    var entry = passwd()
    var result: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwuid_r(number, &entry, &buffer, buffer.count, &result) == 0, result != nil else {
      return "\(number)"
    }
    return String(cString: entry.pw_name)
  }

  /// The name of the group `number`; the number itself where the system knows none.
  public static func groupName(of number: gid_t) -> String {
    var entry = group()
    var result: UnsafeMutablePointer<group>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getgrgid_r(number, &entry, &buffer, buffer.count, &result) == 0, result != nil else {
      return "\(number)"
    }
    return String(cString: entry.gr_name)
  }

  private static func number(_ name: String, kind: String) throws(SystemError) -> UInt32? {
    guard !name.isEmpty, name.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    // The largest number means "leave it as it is" to chown(2).
    guard let number = UInt32(name), number < .max else {
      throw SystemError("cannot use", "\(kind) \(name)", because: "numbers go from 0 to \(UInt32.max - 1)")
    }
    return number
  }

  private static func look(
    _ name: String, kind: String, _ sizeHint: Int,
    _ body: (UnsafeMutablePointer<CChar>, Int, inout UInt32?) -> Int32
  ) throws(SystemError) -> UInt32 {
    let operation = "cannot find"
    let object = "\(kind) \"\(name)\""
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw SystemError(operation, object, because: "that is no name")
    }
    let hint = sysconf(Int32(sizeHint))
    var count = hint > 0 ? hint : 1_024
    while true {
      let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: count)
      defer { buffer.deallocate() }
      var found: UInt32?
      switch body(buffer, count, &found) {
      case 0:
        guard let found else {
          throw SystemError(operation, object, because: "the system has no such \(kind); see getent(1)")
        }
        return found
      case EINTR: continue
      case ERANGE where count < 1_048_576: count *= 2
      case let code: throw SystemError(operation, object, code: code)
      }
    }
  }
}
