/* SPDX-License-Identifier: ISC */

#define _GNU_SOURCE
#include <errno.h>

#include "isolation.h"

#if defined(__linux__) && !defined(MIRAGE_PORTABLE)

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The numbers are the same on all architectures (Linux 5.2); their names are in
   headers that clash between the C library and the kernel. */
enum {
  nr_fsopen = 430,
  nr_fsconfig = 431,
  nr_fsmount = 432,
  fsopen_cloexec = 1,
  fsmount_cloexec = 1,
  fsconfig_set_string = 1,
  fsconfig_create = 6,
  /* Read-only, no set-user-ID, no devices, no programs. */
  mount_attributes = 0x1 | 0x2 | 0x4 | 0x8
};

/* A file system that is mounted nowhere, or what went wrong as a negative number. */
static int root = -ENOSYS;

/* Capabilities that `kept` has, one bit each, are left. */
static int set_capabilities(unsigned kept)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2];
  memset(data, 0, sizeof data);
  data[0].effective = data[0].permitted = kept;
  return syscall(SYS_capset, &header, data) == 0 ? 0 : errno;
}

/* Without the right to do so, as outside of a user namespace, nobody can get any
   either: PR_SET_NO_NEW_PRIVS. */
static void empty_bounding_set(void)
{
  for (int capability = 0; capability < 64; capability++)
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM) return;
}

static int empty_file_system(void)
{
  int context = syscall(nr_fsopen, "tmpfs", fsopen_cloexec);
  if (context < 0) return -errno;
  int mount = -1;
  if (syscall(nr_fsconfig, context, fsconfig_set_string, "mode", "0555", 0) == 0 &&
      syscall(nr_fsconfig, context, fsconfig_create, NULL, NULL, 0) == 0)
    mount = syscall(nr_fsmount, context, fsmount_cloexec, mount_attributes);
  int result = mount < 0 ? -errno : mount;
  close(context);
  return result;
}

int mirage_isolation_prepare(void)
{
  int death_signal = 0;
  prctl(PR_GET_PDEATHSIG, &death_signal, 0, 0, 0);
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
    root = -errno;
    return errno;
  }
  if (death_signal != 0) prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0);
  root = empty_file_system();
  empty_bounding_set();
  set_capabilities(root < 0 ? 0 : 1u << CAP_SYS_CHROOT);
  return root < 0 ? -root : 0;
}

int mirage_isolation_enter(void)
{
  if (root < 0) return -root;
  if (fchdir(root) != 0 || chroot(".") != 0) return errno;
  close(root);
  root = -EALREADY;
  return 0;
}

int mirage_isolation_drop_privileges(int low_ports)
{
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  empty_bounding_set();
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  /* Who does not have that one does not get it. */
  if (low_ports && set_capabilities(1u << CAP_NET_BIND_SERVICE) == 0) return 0;
  return set_capabilities(0);
}

#else

int mirage_isolation_prepare(void) { return ENOSYS; }
int mirage_isolation_enter(void) { return ENOSYS; }
int mirage_isolation_drop_privileges(int low_ports) { return ENOSYS; }

#endif
