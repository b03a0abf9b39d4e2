#pragma once

// What Swift's Glibc module does not show: declarations behind _GNU_SOURCE, which it is built without, headers that
// it leaves out, and variadic functions, which Swift cannot import. One function a call, and nothing else.

// No header of the system is included, so that its types are declared in one module only, Swift's Glibc.
#include <stddef.h>
#include <stdint.h>

// The name of an errno ("EACCES"), and its text in the C locale ("Permission denied"); NULL where it is unknown.
const char *_Nullable linux_errno_name(int code);
const char *_Nullable linux_errno_text(int code);

// The flag of open(2) that gives a handle without access.
extern const int linux_o_path;

// getrandom(2) with no flags.
long linux_getrandom(void *_Nonnull buffer, size_t count);

// fallocate(2) with FALLOC_FL_KEEP_SIZE.
int linux_fallocate_keep_size(int descriptor, int64_t count);

// flock(2), whose name means a structure in Swift.
int linux_flock(int descriptor, int operation);

// pipe2(2) with O_CLOEXEC.
int linux_pipe_cloexec(int ends[_Nonnull 2]);

// timerfd_create(2) with TFD_CLOEXEC and TFD_NONBLOCK.
int linux_timerfd_create(int clock);

// timerfd_settime(2) to an absolute time, once; all zero disarms. With `cancel_on_set`, a step of the clock ends the wait.
int linux_timerfd_settime(int descriptor, int64_t seconds, int64_t nanoseconds, int cancel_on_set);

// epoll_create1(2) with EPOLL_CLOEXEC, and epoll_ctl(2) EPOLL_CTL_ADD, for reading or for writing.
int linux_epoll_create(void);
int linux_epoll_add(int instance, int descriptor, int for_writing);

// pidfd_open(2); the descriptor is readable when the process ended.
int linux_pidfd_open(int pid);

// prctl(2) PR_SET_DUMPABLE.
int linux_set_dumpable(int value);

// setrlimit(2) RLIMIT_CORE 0: the resource is an enumeration to Swift, the parameter is not.
int linux_forbid_core_dumps(void);

// The f_type of statfs(2): what kind of file system `path` lies on.
int linux_file_system_type(const char *_Nonnull path, int64_t *_Nonnull type);

// From statx(2), of `name` in `directory`, not following a link; an empty name means `directory` itself.
struct linux_place {
  uint64_t mount_id;  // 0 where the kernel does not say
  int is_mount_root;
  int is_immutable;  // immutable or append-only (chattr(1))
};
int linux_place_of(int directory, const char *_Nonnull name, struct linux_place *_Nonnull place);

// lgetxattr(2) and fsetxattr(2).
long linux_lgetxattr(
    const char *_Nonnull path, const char *_Nonnull name, void *_Nullable value, size_t count);
int linux_fsetxattr(int descriptor, const char *_Nonnull name, const void *_Nonnull value, size_t count);

// posix_spawn_file_actions_addclosefrom_np(3) and …_addchdir_np(3) on a posix_spawn_file_actions_t; both return an
// errno, as posix_spawn does.
int linux_spawn_close_from(void *_Nonnull actions, int first);
int linux_spawn_change_directory(void *_Nonnull actions, const char *_Nonnull path);

// Whether the kernel considers the wall clock synchronised (adjtimex(2)).
int linux_clock_is_synchronised(void);

// A stream socket in the file system, without blocking: made, bound to `path` and listening with mode 0600 at most until
// it is given another; or connected to it, then blocking unless asked otherwise (EAGAIN where too many wait already).
// ENAMETOOLONG where the path is longer than sockets allow (unix(7)).
int linux_unix_listen(const char *_Nonnull path, int backlog);
int linux_unix_connect(const char *_Nonnull path, int nonblocking);

// accept4(2) with SOCK_CLOEXEC and SOCK_NONBLOCK.
int linux_accept(int listener);

// SO_PEERCRED: who connected, in the reader's own user namespace (unix(7)).
int linux_peer(int socket, int *_Nonnull process, uint32_t *_Nonnull user);

// fcntl(2) F_DUPFD_CLOEXEC.
int linux_duplicate(int descriptor);

// malloc_trim(3) with no padding, and mallopt(3) M_ARENA_MAX 1.
void linux_trim_heap(void);
void linux_share_heap(void);
