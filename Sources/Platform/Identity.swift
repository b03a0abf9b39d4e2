public import Glibc

/// A user with its groups, as whom the process acts or could act.
public struct Identity: Sendable, Hashable {
  /// The user.
  public var user: uid_t
  /// The group that new files get.
  public var group: gid_t
  /// All groups, `group` among them or not.
  public var groups: [gid_t]

  /// A user with its groups.
  public init(user: uid_t, group: gid_t, groups: [gid_t]) {
    self.user = user
    self.group = group
    self.groups = groups
  }

  /// As whom the process acts now.
  public static var current: Identity {
    let count = getgroups(0, nil)
    var groups = [gid_t](repeating: 0, count: Int(max(count, 0)))
    let found = getgroups(count, &groups)
    return Identity(user: geteuid(), group: getegid(), groups: Array(groups.prefix(Int(max(found, 0)))))
  }

  /// Whether files may be given to `group`.
  public func isMember(of group: gid_t) -> Bool { group == self.group || groups.contains(group) }

  /// Runs `body` with the rights of this user, in all threads of the process, and takes the former ones back.
  ///
  /// Throws where the process may not become that user, which only root may as a rule.
  public func act<Result>(_ body: () -> Result) throws(SystemError) -> Result {
    let former = Identity.current
    guard former != self else { return body() }
    defer { former.takeBack() }
    try attempt("cannot act as", "user \(user)") { () throws(Errno) in
      try Syscalls.setGroups(groups)
      try Syscalls.setEffectiveGroup(group)
      try Syscalls.setEffectiveUser(user)
    }
    return body()
  }

  /// The user first, since without its rights the groups cannot be set.
  private func takeBack() {
    do throws(Errno) {
      try Syscalls.setEffectiveUser(user)
      try Syscalls.setEffectiveGroup(group)
      if Identity.current.groups != groups { try Syscalls.setGroups(groups) }
    } catch {
      // Cannot happen: the real user is still the former one (seteuid(2)).
      preconditionFailure("cannot act as user \(user) again: \(error)")
    }
  }
}
