#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

const int linux_o_path = O_PATH;

const char *linux_errno_name(int code) { return strerrorname_np(code); }

const char *linux_errno_text(int code) { return strerrordesc_np(code); }

long linux_getrandom(void *buffer, size_t count) { return getrandom(buffer, count, 0); }

int linux_fallocate_keep_size(int descriptor, int64_t count) {
  return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, count);
}

int linux_flock(int descriptor, int operation) { return flock(descriptor, operation); }

int linux_pipe_cloexec(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int linux_timerfd_create(int clock) { return timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK); }

int linux_timerfd_settime(int descriptor, int64_t seconds, int64_t nanoseconds, int cancel_on_set) {
  struct itimerspec value = {.it_interval = {0, 0}, .it_value = {seconds, nanoseconds}};
  int flags = TFD_TIMER_ABSTIME | (cancel_on_set ? TFD_TIMER_CANCEL_ON_SET : 0);
  return timerfd_settime(descriptor, flags, &value, NULL);
}

int linux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int linux_epoll_add(int instance, int descriptor, int for_writing) {
  struct epoll_event event = {.events = for_writing ? EPOLLOUT : EPOLLIN};
  return epoll_ctl(instance, EPOLL_CTL_ADD, descriptor, &event);
}

int linux_pidfd_open(int pid) { return pidfd_open(pid, 0); }

int linux_set_dumpable(int value) { return prctl(PR_SET_DUMPABLE, (unsigned long)value, 0UL, 0UL, 0UL); }

int linux_forbid_core_dumps(void) {
  struct rlimit none = {0, 0};
  return setrlimit(RLIMIT_CORE, &none);
}

int linux_file_system_type(const char *path, int64_t *type) {
  struct statfs status;
  int result = statfs(path, &status);
  if (result == 0) *type = (int64_t)status.f_type;
  return result;
}

int linux_place_of(int directory, const char *name, struct linux_place *place) {
  struct statx status;
  int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH;
  int result = statx(directory, name, flags, STATX_BASIC_STATS | STATX_MNT_ID, &status);
  if (result != 0) return result;
  place->mount_id = (status.stx_mask & STATX_MNT_ID) ? status.stx_mnt_id : 0;
  place->is_mount_root = (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  place->is_immutable = (status.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0;
  return 0;
}

long linux_lgetxattr(const char *path, const char *name, void *value, size_t count) {
  return lgetxattr(path, name, value, count);
}

int linux_fsetxattr(int descriptor, const char *name, const void *value, size_t count) {
  return fsetxattr(descriptor, name, value, count, 0);
}

int linux_spawn_close_from(void *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int linux_spawn_change_directory(void *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

int linux_clock_is_synchronised(void) {
  struct timex state = {0};
  int result = adjtimex(&state);
  return result >= 0 && result != TIME_ERROR && !(state.status & STA_UNSYNC);
}

static int unix_address(const char *path, struct sockaddr_un *address) {
  size_t length = strlen(path);
  if (length >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy(address->sun_path, path, length);
  return 0;
}

static int close_failed(int descriptor) {
  int code = errno;
  close(descriptor);
  errno = code;
  return -1;
}

int linux_unix_listen(const char *path, int backlog) {
  struct sockaddr_un address;
  if (unix_address(path, &address) != 0) return -1;
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  // The file gets the mode of the socket, less the umask.
  if (fchmod(descriptor, 0600) != 0 || bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen(descriptor, backlog) != 0)
    return close_failed(descriptor);
  return descriptor;
}

int linux_unix_connect(const char *path, int nonblocking) {
  struct sockaddr_un address;
  if (unix_address(path, &address) != 0) return -1;
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0);
  if (descriptor < 0) return -1;
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) return close_failed(descriptor);
  return descriptor;
}

int linux_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int linux_peer(int socket, int *process, uint32_t *user) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  int result = getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size);
  if (result == 0) {
    *process = peer.pid;
    *user = peer.uid;
  }
  return result;
}

int linux_duplicate(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 0); }

void linux_trim_heap(void) { malloc_trim(0); }

void linux_share_heap(void) { mallopt(M_ARENA_MAX, 1); }
