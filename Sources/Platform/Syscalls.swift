internal import CLinux
package import Glibc

/// One wrapper of one line for each system call; EINTR is met here and nowhere else.
///
/// Every wrapper throws the errno; the caller says what the call was for (`attempt`).
package enum Syscalls {
  /// Makes the call until a signal does not end it.
  static func call<Number: SignedInteger>(_ name: Syscall, _ body: () -> Number) throws(Errno)
    -> Number
  {
    try transfer(name, 0) { _ in body() }
  }

  /// As `call`, for one that transfers up to `count` bytes.
  private static func transfer<Number: SignedInteger>(
    _ name: Syscall, _ count: Int, _ body: (Int) -> Number
  ) throws(Errno) -> Number {
    while true {
      let result: Number
      let code: Int32
      #if DEBUG
        (result, code) = withFault(name, count, body)
      #else
        result = body(count)
        code = errno
      #endif
      if result >= 0 { return result }
      if code != EINTR { throw Errno(code) }
    }
  }

  #if DEBUG
    private static func withFault<Number: SignedInteger>(
      _ name: Syscall, _ count: Int, _ body: (Int) -> Number
    ) -> (Number, Int32) {
      switch SyscallFaults.current?.next(name) {
      case .fails(let code):
        return (-1, code)
      case .transfers(let most):
        let result = most == 0 && count > 0 ? 0 : body(min(count, most))
        return (result, errno)
      case .failsAfterEffect(let code):
        _ = body(count)
        return (-1, code)
      case nil:
        let result = body(count)
        return (result, errno)
      }
    }
  #endif

  /// For the calls of POSIX threads and posix_spawn(3), which return the errno.
  private static func returningCode(_ name: Syscall, _ body: () -> Int32) throws(Errno) {
    #if DEBUG
      if case .fails(let code) = SyscallFaults.current?.next(name) { throw Errno(code) }
    #endif
    let code = body()
    if code != 0 { throw Errno(code) }
  }
}

// MARK: Files

extension Syscalls {
  package static func open(_ path: String, _ flags: Int32, _ mode: mode_t = 0) throws(Errno) -> FileDescriptor
  {
    FileDescriptor(owning: try call(.open) { Glibc.open(path, flags | O_CLOEXEC, mode) })
  }

  package static func openat(
    _ directory: Int32, _ name: String, _ flags: Int32, _ mode: mode_t = 0
  ) throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try call(.openat) { Glibc.openat(directory, name, flags | O_CLOEXEC, mode) })
  }

  package static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno)
    -> Int
  {
    try transfer(.read, buffer.count) { Glibc.read(descriptor, buffer.baseAddress, $0) }
  }

  package static func pread(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(Errno) -> Int {
    try transfer(.pread, buffer.count) { Glibc.pread(descriptor, buffer.baseAddress, $0, offset) }
  }

  package static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    try transfer(.write, bytes.count) { Glibc.write(descriptor, bytes.baseAddress, $0) }
  }

  package static func pwrite(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(Errno) -> Int {
    try transfer(.pwrite, bytes.count) { Glibc.pwrite(descriptor, bytes.baseAddress, $0, offset) }
  }

  package static func fsync(_ descriptor: Int32) throws(Errno) {
    _ = try call(.fsync) { Glibc.fsync(descriptor) }
  }

  /// For a file whose size stays: when it was changed is left out, for which a journal would have to be written.
  package static func fdatasync(_ descriptor: Int32) throws(Errno) {
    _ = try call(.fdatasync) { Glibc.fdatasync(descriptor) }
  }

  package static func ftruncate(_ descriptor: Int32, _ count: Int) throws(Errno) {
    _ = try call(.ftruncate) { Glibc.ftruncate(descriptor, count) }
  }

  /// Allocates `count` bytes without changing the size of the file.
  package static func fallocate(_ descriptor: Int32, _ count: Int) throws(Errno) {
    _ = try call(.fallocate) { linux_fallocate_keep_size(descriptor, Int64(count)) }
  }

  package static func fchown(_ descriptor: Int32, _ owner: uid_t, _ group: gid_t) throws(Errno) {
    _ = try call(.fchown) { Glibc.fchown(descriptor, owner, group) }
  }

  package static func fchmod(_ descriptor: Int32, _ mode: mode_t) throws(Errno) {
    _ = try call(.fchmod) { Glibc.fchmod(descriptor, mode) }
  }

  package static func flock(_ descriptor: Int32, _ operation: Int32) throws(Errno) {
    _ = try call(.flock) { linux_flock(descriptor, operation) }
  }

  package static func fstat(_ descriptor: Int32) throws(Errno) -> stat {
    var status = stat()
    _ = try call(.fstat) { Glibc.fstat(descriptor, &status) }
    return status
  }

  /// The status of `name` itself, not of what a link points to.
  package static func fstatat(_ directory: Int32, _ name: String) throws(Errno) -> stat {
    var status = stat()
    _ = try call(.fstatat) { Glibc.fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) }
    return status
  }

  static func statx(_ directory: Int32, _ name: String) throws(Errno) -> linux_place {
    var place = linux_place()
    _ = try call(.statx) { linux_place_of(directory, name, &place) }
    return place
  }

  package static func renameat(_ directory: Int32, _ old: String, _ new: String) throws(Errno) {
    _ = try call(.renameat) { Glibc.renameat(directory, old, directory, new) }
  }

  /// Gives the file `old` the further name `new`; a symbolic link is not followed.
  package static func linkat(_ directory: Int32, _ old: String, _ new: String) throws(Errno) {
    _ = try call(.linkat) { Glibc.linkat(directory, old, directory, new, 0) }
  }

  package static func unlinkat(_ directory: Int32, _ name: String) throws(Errno) {
    _ = try call(.unlinkat) { Glibc.unlinkat(directory, name, 0) }
  }

  /// Removes the empty directory `name`.
  package static func removeDirectory(_ directory: Int32, _ name: String) throws(Errno) {
    _ = try call(.unlinkat) { Glibc.unlinkat(directory, name, AT_REMOVEDIR) }
  }

  package static func mkdirat(_ directory: Int32, _ name: String, _ mode: mode_t) throws(Errno) {
    _ = try call(.mkdirat) { Glibc.mkdirat(directory, name, mode) }
  }

  /// Makes the symbolic link `name`, which leads to `target`.
  package static func symlinkat(_ target: String, _ directory: Int32, _ name: String) throws(Errno) {
    _ = try call(.symlinkat) { Glibc.symlinkat(target, directory, name) }
  }

  package static func readlinkat(_ directory: Int32, _ name: String) throws(Errno) -> String {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = try call(.readlinkat) { Glibc.readlinkat(directory, name, &target, target.count) }
    return String(decoding: target.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  static func lgetxattr(_ path: String, _ name: String) throws(Errno) -> [UInt8] {
    // Few are longer; the kernel's limit is 65,536 bytes (xattr(7)).
    do throws(Errno) {
      return try lgetxattr(path, name, most: 256)
    } catch {
      guard error.code == ERANGE else { throw error }
      return try lgetxattr(path, name, most: 65_536)
    }
  }

  private static func lgetxattr(_ path: String, _ name: String, most: Int) throws(Errno) -> [UInt8] {
    var value = [UInt8](repeating: 0, count: most)
    let count = try call(.lgetxattr) {
      value.withUnsafeMutableBytes { linux_lgetxattr(path, name, $0.baseAddress, $0.count) }
    }
    return Array(value.prefix(count))
  }

  static func fsetxattr(_ descriptor: Int32, _ name: String, _ value: [UInt8]) throws(Errno) {
    _ = try call(.fsetxattr) { linux_fsetxattr(descriptor, name, value, value.count) }
  }

  package static func setNonblocking(_ descriptor: Int32) throws(Errno) {
    let flags = try call(.fcntl) { Glibc.fcntl(descriptor, F_GETFL) }
    _ = try call(.fcntl) { Glibc.fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
  }

  /// The ends of a new pipe: first the one to read from.
  static func pipe() throws(Errno) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    _ = try call(.pipe) { linux_pipe_cloexec(&ends) }
    return (ends[0], ends[1])
  }

  static func statfs(_ path: String) throws(Errno) -> Int64 {
    var type: Int64 = 0
    _ = try call(.statfs) { linux_file_system_type(path, &type) }
    return type
  }

  static func fileSystem(of path: String) throws(Errno) -> statvfs {
    var status = statvfs()
    _ = try call(.statvfs) { statvfs(path, &status) }
    return status
  }

  /// Whether the process may use the file `path` so, by the numbers with which it acts (`AT_EACCESS`).
  static func faccessat(_ path: String, _ mode: Int32) throws(Errno) {
    _ = try call(.faccessat) { Glibc.faccessat(AT_FDCWD, path, mode, AT_EACCESS) }
  }
}

// MARK: Time and chance

extension Syscalls {
  static func clockGettime(_ clock: clockid_t) throws(Errno) -> timespec {
    var time = timespec()
    _ = try call(.clockGettime) { clock_gettime(clock, &time) }
    return time
  }

  static func timerfdCreate(_ clock: clockid_t) throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try call(.timerfdCreate) { linux_timerfd_create(clock) })
  }

  static func timerfdSettime(_ descriptor: Int32, _ at: timespec, cancelOnSet: Bool) throws(Errno) {
    _ = try call(.timerfdSettime) {
      linux_timerfd_settime(descriptor, Int64(at.tv_sec), Int64(at.tv_nsec), cancelOnSet ? 1 : 0)
    }
  }

  static func getrandom(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    return try transfer(.getrandom, buffer.count) { linux_getrandom(start, $0) }
  }
}

// MARK: Readiness

extension Syscalls {
  static func epollCreate() throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try call(.epollCreate) { linux_epoll_create() })
  }

  static func epollAdd(_ instance: Int32, _ descriptor: Int32, forWriting: Bool) throws(Errno) {
    _ = try call(.epollCtl) { linux_epoll_add(instance, descriptor, forWriting ? 1 : 0) }
  }
}

// MARK: Processes

extension Syscalls {
  static func pidfdOpen(_ process: pid_t) throws(Errno) -> FileDescriptor {
    FileDescriptor(owning: try call(.pidfdOpen) { linux_pidfd_open(process) })
  }

  /// The wait status of `process` where it has ended (it is reaped by this), nil where it still runs.
  static func waitpid(_ process: pid_t, waiting: Bool) throws(Errno) -> Int32? {
    var status: Int32 = 0
    return try call(.waitpid) { Glibc.waitpid(process, &status, waiting ? 0 : WNOHANG) } == 0 ? nil : status
  }

  static func kill(_ process: pid_t, _ signal: Int32) throws(Errno) {
    _ = try call(.kill) { Glibc.kill(process, signal) }
  }

  static func posixSpawn(
    _ program: String, _ actions: inout posix_spawn_file_actions_t, _ attributes: inout posix_spawnattr_t,
    _ arguments: [UnsafeMutablePointer<CChar>?], _ environment: [UnsafeMutablePointer<CChar>?]
  ) throws(Errno) -> pid_t {
    var process: pid_t = 0
    try returningCode(.posixSpawn) {
      posix_spawn(&process, program, &actions, &attributes, arguments, environment)
    }
    return process
  }

  static func setEffectiveUser(_ user: uid_t) throws(Errno) { _ = try call(.setids) { seteuid(user) } }

  static func setEffectiveGroup(_ group: gid_t) throws(Errno) { _ = try call(.setids) { setegid(group) } }

  static func setGroups(_ groups: [gid_t]) throws(Errno) {
    _ = try call(.setids) { setgroups(groups.count, groups) }
  }

  static func setDumpable(_ value: Bool) throws(Errno) {
    _ = try call(.prctl) { linux_set_dumpable(value ? 1 : 0) }
  }

  static func forbidCoreDumps() throws(Errno) {
    _ = try call(.setrlimit) { linux_forbid_core_dumps() }
  }
}
