// Runs a program under ptrace(2) and counts its system calls over all its threads, within a window that begins and
// ends with what the program does; at a chosen call it kills the program, lets the call fail, or cuts it short.
//
// strace(1) can inject faults too, but counts for each thread by itself, and the service's work changes threads: the
// same number would be another call in every run.

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __x86_64__

int main(void) {
  fputs("syscall-injector: only x86-64 is supported\n", stderr);
  return 69;
}

#else

#include "names.h"

enum action { act_none, act_kill, act_fail, act_short };

struct options {
  const char *from;
  const char *until;
  const char *log;
  const char *calls;
  const char *path;
  enum action action;
  long error;
  long at;
  long times;
};

struct thread {
  pid_t id;
  bool has_result;
  long result;
};

static struct options options = {.times = 1};
static struct thread threads[1024];
static pid_t program;
static FILE *list;
static bool is_open, was_opened;
static long count, hits;

static void forward(int number) { kill(program, number); }

static void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  if (program > 0) kill(program, SIGKILL);
  exit(70);
}

static struct thread *thread(pid_t id) {
  struct thread *unused = NULL;
  for (size_t index = 0; index < sizeof threads / sizeof *threads; index++) {
    if (threads[index].id == id) return &threads[index];
    if (threads[index].id == 0 && !unused) unused = &threads[index];
  }
  if (!unused) die("syscall-injector: too many threads");
  *unused = (struct thread){.id = id};
  return unused;
}

// Copies at most size - 1 bytes at `address` of the traced process; stops at the end of what is mapped.
static size_t peek(pid_t id, unsigned long address, char *target, size_t size) {
  size_t done = 0;
  while (done < size - 1) {
    size_t page = 4096 - ((address + done) & 4095);
    size_t wanted = size - 1 - done < page ? size - 1 - done : page;
    struct iovec here = {target + done, wanted}, there = {(void *)(address + done), wanted};
    ssize_t got = process_vm_readv(id, &here, 1, &there, 1, 0);
    if (got <= 0) break;
    done += (size_t)got;
    if (memchr(target, 0, done) && size <= 4096) break;
  }
  target[done] = 0;
  return done;
}

static void name_of(pid_t id, unsigned long descriptor, char *target, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/%d/fd/%ld", id, (long)(int)descriptor);
  ssize_t length = readlink(link, target, size - 1);
  target[length > 0 ? length : 0] = 0;
}

static bool takes_descriptor(unsigned long number) {
  switch (number) {
    case SYS_read: case SYS_write: case SYS_pread64: case SYS_pwrite64: case SYS_fsync: case SYS_fdatasync:
    case SYS_ftruncate: case SYS_fallocate: case SYS_fchmod: case SYS_fchown: case SYS_close: case SYS_fstat:
    case SYS_fcntl: case SYS_sendto: case SYS_recvfrom: case SYS_connect: case SYS_lseek: case SYS_fsetxattr:
      return true;
    default:
      return false;
  }
}

// Adds method and path where an HTTP request is sent, so that one request can be told from another.
static void add_request_line(pid_t id, const struct __ptrace_syscall_info *info, char *target, size_t size) {
  char line[256];
  size_t wanted = info->entry.args[2] < sizeof line - 1 ? info->entry.args[2] + 1 : sizeof line;
  peek(id, info->entry.args[1], line, wanted);
  char *end = strstr(line, " HTTP/");
  if (!end) return;
  *end = 0;
  size_t length = strlen(target);
  snprintf(target + length, size - length, " %s", line);
}

// What the call is about: the path that it names, or the one behind its descriptor.
static void describe(pid_t id, const struct __ptrace_syscall_info *info, char *target, size_t size) {
  unsigned long number = info->entry.nr;
  target[0] = 0;
  if (takes_descriptor(number)) {
    name_of(id, info->entry.args[0], target, size);
    if (number == SYS_sendto) add_request_line(id, info, target, size);
  } else if (number == SYS_openat || number == SYS_unlinkat || number == SYS_newfstatat || number == SYS_statx ||
             number == SYS_readlinkat || number == SYS_faccessat2 || number == SYS_mkdirat) {
    peek(id, info->entry.args[1], target, size);
  } else if (number == SYS_renameat || number == SYS_renameat2 || number == SYS_linkat) {
    peek(id, info->entry.args[3], target, size);
  } else if (number == SYS_symlinkat) {
    peek(id, info->entry.args[2], target, size);
  } else if (number == SYS_open || number == SYS_unlink || number == SYS_stat || number == SYS_lstat ||
             number == SYS_access || number == SYS_mkdir || number == SYS_readlink) {
    peek(id, info->entry.args[0], target, size);
  }
}

static bool is_listed(const char *names, const char *name) {
  size_t length = strlen(name);
  for (const char *place = names; (place = strstr(place, name)); place += length) {
    bool begins = place == names || place[-1] == ',';
    if (begins && (place[length] == ',' || place[length] == 0)) return true;
  }
  return false;
}

static bool writes(pid_t id, const struct __ptrace_syscall_info *info, const char *text) {
  if (info->entry.nr != SYS_write || (info->entry.args[0] != 2 && info->entry.args[0] != 1)) return false;
  static char buffer[8193];
  size_t size = info->entry.args[2] < sizeof buffer - 1 ? info->entry.args[2] + 1 : sizeof buffer;
  size_t got = peek(id, info->entry.args[1], buffer, size);
  return memmem(buffer, got, text, strlen(text)) != NULL;
}

static void set_registers(pid_t id, void (*change)(struct user_regs_struct *)) {
  struct user_regs_struct registers;
  if (ptrace(PTRACE_GETREGS, id, 0, &registers) != 0) return;
  change(&registers);
  ptrace(PTRACE_SETREGS, id, 0, &registers);
}

static void skip_call(struct user_regs_struct *registers) { registers->orig_rax = (unsigned long)-1; }
static void halve_length(struct user_regs_struct *registers) { registers->rdx = (registers->rdx + 1) / 2; }
static long result;
static void set_result(struct user_regs_struct *registers) { registers->rax = (unsigned long)result; }

static void act(pid_t id) {
  switch (options.action) {
    case act_none: break;
    case act_kill:
      kill(program, SIGKILL);
      break;
    case act_fail:
      set_registers(id, skip_call);
      thread(id)->has_result = true;
      thread(id)->result = -options.error;
      break;
    case act_short:
      set_registers(id, halve_length);
      break;
  }
}

static void enter(pid_t id, const struct __ptrace_syscall_info *info) {
  char about[512];
  about[0] = 0;
  if (!was_opened && info->entry.nr == SYS_openat) {
    describe(id, info, about, sizeof about);
    if (strstr(about, options.from)) is_open = was_opened = true;
  }
  if (!is_open) return;
  if (options.until && writes(id, info, options.until)) {
    is_open = false;
    return;
  }
  const char *name = name_of_call(info->entry.nr);
  if (options.calls && !is_listed(options.calls, name)) return;
  describe(id, info, about, sizeof about);
  if (options.path && !strstr(about, options.path)) return;
  count++;
  bool is_hit = options.action != act_none && count >= options.at && (options.times == 0 || hits < options.times);
  if (list) {
    for (char *byte = about; *byte; byte++) if (*byte < ' ') *byte = '?';
    fprintf(list, "%ld %s%s %s\n", count, is_hit ? "!" : "", name, about);
    fflush(list);
  }
  if (!is_hit) return;
  hits++;
  act(id);
}

static void leave(pid_t id) {
  struct thread *state = thread(id);
  if (!state->has_result) return;
  state->has_result = false;
  result = state->result;
  set_registers(id, set_result);
}

static int trace(void) {
  int status = 0;
  if (waitpid(program, &status, 0) != program || !WIFSTOPPED(status)) die("syscall-injector: cannot start the program");
  long wanted = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
  if (ptrace(PTRACE_SETOPTIONS, program, 0, wanted) != 0) die("syscall-injector: ptrace: %s", strerror(errno));
  ptrace(PTRACE_SYSCALL, program, 0, 0);
  while (true) {
    pid_t id = waitpid(-1, &status, __WALL);
    if (id < 0 && errno == EINTR) continue;
    if (id < 0) die("syscall-injector: wait: %s", strerror(errno));
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      thread(id)->id = 0;
      if (id == program) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      continue;
    }
    int signal = WSTOPSIG(status);
    bool is_event = status >> 16 != 0;
    if (signal == (SIGTRAP | 0x80)) {
      struct __ptrace_syscall_info info;
      if (ptrace(PTRACE_GET_SYSCALL_INFO, id, sizeof info, &info) > 0) {
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY) enter(id, &info);
        if (info.op == PTRACE_SYSCALL_INFO_EXIT) leave(id);
      }
      signal = 0;
    } else if (is_event || signal == SIGSTOP || signal == SIGTRAP) {
      // The first stop of a new thread, or an event of the tracing itself.
      signal = 0;
    }
    ptrace(PTRACE_SYSCALL, id, 0, signal);
  }
}

static void read_options(char **arguments) {
  for (; *arguments; arguments += 2) {
    const char *name = arguments[0], *value = arguments[1];
    if (strcmp(name, "--") == 0) return;
    if (!value) die("syscall-injector: %s needs a value", name);
    if (strcmp(name, "--from") == 0) options.from = value;
    else if (strcmp(name, "--until") == 0) options.until = value;
    else if (strcmp(name, "--log") == 0) options.log = value;
    else if (strcmp(name, "--calls") == 0) options.calls = value;
    else if (strcmp(name, "--path") == 0) options.path = value;
    else if (strcmp(name, "--at") == 0) options.at = atol(value);
    else if (strcmp(name, "--times") == 0) options.times = atol(value);
    else if (strcmp(name, "--kill") == 0) options.action = act_kill;
    else if (strcmp(name, "--short") == 0) options.action = act_short;
    else if (strcmp(name, "--error") == 0) options.action = act_fail, options.error = atol(value);
    else die("syscall-injector: unknown option %s", name);
  }
}

int main(int number, char **arguments) {
  char **command = arguments + 1;
  while (*command && strcmp(*command, "--") != 0) command++;
  if (number < 3 || !*command || !command[1]) die("usage: syscall-injector OPTION VALUE ... -- PROGRAM ARGUMENT...");
  read_options(arguments + 1);
  if (!options.from) die("syscall-injector: --from is needed");
  if (options.log && !(list = fopen(options.log, "we"))) die("syscall-injector: %s: %s", options.log, strerror(errno));
  program = fork();
  if (program == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    execvp(command[1], command + 1);
    _exit(127);
  }
  // Nothing of the program's streams is to be held open from here.
  close(0);
  struct sigaction action = {.sa_handler = forward};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
  return trace();
}

#endif
