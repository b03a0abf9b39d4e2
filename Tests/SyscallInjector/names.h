// The names of the system calls that matter here.
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>

struct call_name {
  unsigned long number;
  const char *name;
};

#define CALL(name) {SYS_##name, #name}

static const struct call_name call_names[] = {
    CALL(read), CALL(write), CALL(open), CALL(close), CALL(stat), CALL(fstat), CALL(lstat), CALL(poll), CALL(lseek),
    CALL(mmap), CALL(mprotect), CALL(munmap), CALL(brk), CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(ioctl),
    CALL(pread64), CALL(pwrite64), CALL(readv), CALL(writev), CALL(access), CALL(sched_yield), CALL(mremap),
    CALL(madvise), CALL(nanosleep), CALL(getpid), CALL(socket), CALL(connect), CALL(sendto), CALL(recvfrom),
    CALL(sendmsg), CALL(recvmsg), CALL(shutdown), CALL(bind), CALL(getsockname), CALL(getpeername), CALL(socketpair),
    CALL(setsockopt), CALL(getsockopt), CALL(clone), CALL(clone3), CALL(exit), CALL(fcntl), CALL(flock), CALL(fsync),
    CALL(fdatasync), CALL(truncate), CALL(ftruncate), CALL(getcwd), CALL(rename), CALL(mkdir), CALL(rmdir),
    CALL(unlink), CALL(readlink), CALL(chmod), CALL(fchmod), CALL(chown), CALL(fchown), CALL(geteuid), CALL(getegid),
    CALL(getuid), CALL(getgid), CALL(gettid), CALL(futex), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait),
    CALL(clock_gettime), CALL(clock_nanosleep), CALL(exit_group), CALL(openat), CALL(linkat), CALL(symlinkat), CALL(mkdirat), CALL(unlinkat), CALL(renameat),
    CALL(renameat2), CALL(readlinkat), CALL(newfstatat), CALL(statx), CALL(fallocate), CALL(timerfd_create),
    CALL(timerfd_settime), CALL(eventfd2), CALL(epoll_create1), CALL(dup3), CALL(pipe2), CALL(getrandom),
    CALL(fsetxattr), CALL(fgetxattr), CALL(lgetxattr), CALL(getdents64), CALL(prctl), CALL(set_robust_list),
    CALL(rseq), CALL(restart_syscall), CALL(sigaltstack), CALL(fchownat), CALL(faccessat2), CALL(sysinfo), CALL(uname),
    CALL(sched_getaffinity), CALL(getrusage), CALL(prlimit64), CALL(fadvise64),
};

static const char *name_of_call(unsigned long number) {
  static char unknown[32];
  for (size_t index = 0; index < sizeof call_names / sizeof *call_names; index++) {
    if (call_names[index].number == number) return call_names[index].name;
  }
  snprintf(unknown, sizeof unknown, "syscall_%lu", number);
  return unknown;
}
