/// The system calls that tests can make fail, by name.
package enum Syscall: String, Sendable, CaseIterable {
  case open, openat, read, pread, write, pwrite, fsync, fdatasync, renameat, unlinkat, linkat, symlinkat,
    mkdirat,
    fchown,
    fchmod, fallocate, ftruncate
  case fstat, fstatat, statx, readlinkat, lgetxattr, fsetxattr, flock, fcntl, pipe, getrandom, statfs
  case timerfdCreate, timerfdSettime, pidfdOpen, waitpid, kill, prctl, setrlimit, clockGettime, posixSpawn
  case listen, connect, accept, getsockopt, chmod, chown, epollCreate, epollCtl
  case statvfs, faccessat, setids
}
