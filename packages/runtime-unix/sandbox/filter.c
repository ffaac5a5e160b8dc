/* SPDX-License-Identifier: ISC */

#define _GNU_SOURCE
#include <errno.h>

#include "filter.h"

#if defined(__linux__) && !defined(MIRAGE_PORTABLE) && \
  (defined(__x86_64__) || defined(__aarch64__))

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define NR_RSEQ 334
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define NR_RSEQ 293
#endif

/* Not in the headers of older C libraries; the numbers are those of all
   architectures. */
#define NR_IO_URING_SETUP 425
#define NR_OPEN_TREE 428
#define NR_MOVE_MOUNT 429
#define NR_FSOPEN 430
#define NR_FSMOUNT 432
#define NR_PIDFD_OPEN 434
#define NR_CLONE3 435
#define NR_OPENAT2 437
#define NR_PIDFD_GETFD 438
#define NR_FACCESSAT2 439
#define NR_PROCESS_MADVISE 440
#define NR_MOUNT_SETATTR 442

/* What the runtime calls on its way, of OCaml, of Lwt and of the C library. The
   first ones are those of a busy program. */
static const int common[] = {
  SYS_read, SYS_write, SYS_readv, SYS_writev,
#ifdef SYS_epoll_wait
  SYS_epoll_wait,
#endif
  /* To the console and the status pipe, which may be sockets: Fd.write_shared. */
  SYS_sendto,
  SYS_epoll_pwait, SYS_epoll_ctl, SYS_futex, SYS_clock_gettime, SYS_madvise,
  SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_brk,
  SYS_preadv, SYS_pwritev, SYS_preadv2, SYS_pwritev2, SYS_pread64, SYS_pwrite64,
  SYS_lseek, SYS_fstat, SYS_newfstatat, SYS_close, SYS_dup, SYS_dup3, SYS_fcntl,
  SYS_flock, SYS_fsync, SYS_fdatasync, SYS_sync_file_range, SYS_fallocate,
#ifdef SYS_select
  SYS_select, SYS_poll, SYS_dup2, SYS_pipe, SYS_epoll_create, SYS_eventfd, SYS_time,
  SYS_getpgrp,
#endif
  SYS_pselect6, SYS_ppoll, SYS_pipe2, SYS_epoll_create1, SYS_eventfd2,
  SYS_clock_getres, SYS_gettimeofday, SYS_nanosleep, SYS_clock_nanosleep, SYS_times,
  SYS_getrandom, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
  SYS_sigaltstack, SYS_restart_syscall, SYS_setitimer, SYS_getitimer,
  SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid,
  SYS_getegid, SYS_getrusage, SYS_uname, SYS_sysinfo, SYS_getcpu, SYS_umask,
  SYS_sched_yield, SYS_sched_getaffinity, SYS_membarrier, SYS_set_robust_list,
  SYS_set_tid_address, SYS_exit, SYS_exit_group, SYS_timerfd_create, SYS_timerfd_settime,
  SYS_timerfd_gettime, NR_RSEQ
};

static const int sockets[] = {
  SYS_accept4, SYS_accept, SYS_recvmsg, SYS_sendmsg, SYS_recvfrom,
  SYS_recvmmsg, SYS_sendmmsg, SYS_bind, SYS_listen, SYS_connect, SYS_shutdown,
  SYS_getsockname, SYS_getpeername, SYS_getsockopt, SYS_setsockopt
};

static const int paths[] = {
  SYS_openat, SYS_readlinkat, SYS_faccessat, SYS_getdents64, SYS_getcwd, SYS_statfs,
  SYS_fstatfs, SYS_chdir, SYS_unlinkat, SYS_mkdirat, SYS_statx,
#ifdef SYS_open
  SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_unlink, SYS_mkdir,
#endif
};

/* Programs and the C library try these, and do without where they are not there. */
static const int absent[] = {
  NR_CLONE3, NR_OPENAT2, NR_FACCESSAT2, NR_IO_URING_SETUP, NR_PIDFD_OPEN
};

/* Nobody calls these by mistake: the process ends. */
static const int hostile[] = {
  SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_mount,
  SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, SYS_bpf,
  SYS_perf_event_open, SYS_init_module, SYS_finit_module, SYS_delete_module,
  SYS_kexec_load, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_userfaultfd, SYS_reboot,
  SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl, SYS_sethostname, SYS_setdomainname,
  SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_personality, SYS_syslog,
#ifdef SYS_iopl
  SYS_iopl, SYS_ioperm,
#endif
  NR_OPEN_TREE, NR_MOVE_MOUNT, NR_FSOPEN, NR_FSMOUNT, NR_MOUNT_SETATTR, NR_PIDFD_GETFD,
  NR_PROCESS_MADVISE
};

static const int executing[] = { SYS_execve, SYS_execveat };

/* ioctl(2): what is a terminal, a device's size, and the offloads of a TAP device that
   is there already. */
static const int requests[] = {
  TUNSETOFFLOAD, TUNGETIFF, TUNGETFEATURES, 0x5401 /* TCGETS */, 0x5413 /* TIOCGWINSZ */,
  0x541b /* FIONREAD */, 0x5421 /* FIONBIO */, 0x1268 /* BLKSSZGET */,
  0x1277 /* BLKDISCARD */, (int)0x80081272 /* BLKGETSIZE64 */
};

static const int families[] = { AF_INET, AF_INET6 };

/* prctl(2): the name of a thread, and of memory. */
static const int controls[] = { PR_SET_NAME, PR_GET_NAME, 0x53564d41 /* PR_SET_VMA */ };

/* {1 The program of the filter} */

static struct sock_filter program[400];
static unsigned length;

static void add(struct sock_filter instruction)
{
  if (length < sizeof program / sizeof *program) program[length] = instruction;
  length++;
}

static void load(unsigned offset)
{
  add((struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static void answer(unsigned action)
{
  add((struct sock_filter) BPF_STMT(BPF_RET | BPF_K, action));
}

/* The action where what is loaded is this value. */
static void answer_to(unsigned value, unsigned action)
{
  add((struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
  answer(action);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void answer_to_each(const int *values, unsigned count, unsigned action)
{
  for (unsigned i = 0; i < count; i++) answer_to(values[i], action);
}

static const unsigned allow = SECCOMP_RET_ALLOW;
static const unsigned refuse = SECCOMP_RET_ERRNO | EPERM;
static const unsigned kill_process = SECCOMP_RET_KILL_PROCESS;

/* The lower half of an argument: what the kernel looks at of an int. */
static unsigned argument(int n)
{
  return offsetof(struct seccomp_data, args) + 8 * n; /* both architectures: little endian */
}

/* A call that depends on one argument: these values pass, others are refused. */
static void by_argument(int call, int n, const int *values, unsigned count)
{
  unsigned behind = 1 + 2 * count + 1;
  add((struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, behind));
  load(argument(n));
  answer_to_each(values, count, allow);
  answer(refuse);
}

/* clone(2) may make threads, no processes; on both architectures flags come first. */
static void threads_only(void)
{
  add((struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4));
  load(argument(0));
  add((struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
  answer(allow);
  answer(refuse);
}

static void compose(int allowed)
{
  length = 0;
  load(offsetof(struct seccomp_data, arch));
  add((struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
  answer(kill_process);
  load(offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
  /* x32's calls have this bit. */
  add((struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x40000000, 0, 1));
  answer(kill_process);
#endif
  if (allowed & mirage_filter_unix) {
    answer_to_each(hostile, COUNT(hostile), kill_process);
    answer_to(NR_IO_URING_SETUP, SECCOMP_RET_ERRNO | ENOSYS);
    answer_to(NR_CLONE3, SECCOMP_RET_ERRNO | ENOSYS);
    /* TIOCSTI and TIOCLINUX type into the terminal; TUNSETPERSIST and its like
       outlive the process. */
    static const int dangerous[] = { 0x5412, 0x541c, TUNSETPERSIST, TUNSETOWNER, TUNSETGROUP };
    add((struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0,
                                      1 + 2 * COUNT(dangerous)));
    load(argument(1));
    answer_to_each(dangerous, COUNT(dangerous), refuse);
    answer(allow);
    return;
  }
  int self[] = { getpid() };
  int no_limit[] = { 0 };
  answer_to_each(common, COUNT(common), allow);
  if (allowed & mirage_filter_sockets) {
    answer_to_each(sockets, COUNT(sockets), allow);
    by_argument(SYS_socket, 0, families, COUNT(families));
  }
  if (allowed & mirage_filter_paths) answer_to_each(paths, COUNT(paths), allow);
  answer_to_each(absent, COUNT(absent), SECCOMP_RET_ERRNO | ENOSYS);
  answer_to_each(hostile, COUNT(hostile), kill_process);
  answer_to_each(executing, COUNT(executing), kill_process);
  by_argument(SYS_ioctl, 1, requests, COUNT(requests));
  by_argument(SYS_tgkill, 0, self, COUNT(self));
  by_argument(SYS_prctl, 0, controls, COUNT(controls));
  /* Its own limits, to read: the new ones are no pointer. */
  by_argument(SYS_prlimit64, 2, no_limit, COUNT(no_limit));
  threads_only();
  answer(refuse);
}

const int mirage_filter_is_there = 1;

int mirage_filter_install(int allowed)
{
  compose(allowed);
  if (length > sizeof program / sizeof *program) return E2BIG;
  struct sock_fprog filter = { .len = length, .filter = program };
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  return result == 0 ? 0 : result < 0 ? errno : EBUSY;
}

#else

const int mirage_filter_is_there = 0;

int mirage_filter_install(int allowed)
{
  (void)allowed;
  return ENOSYS;
}

#endif
