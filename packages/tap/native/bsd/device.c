/* SPDX-License-Identifier: ISC */
/* Network devices of macOS, FreeBSD and OpenBSD: utun, a kernel control that gives IP packets behind
   their address family (net/if_utun.h of macOS), and the files /dev/tapN and /dev/tunN of the others,
   tap(4) and tun(4). */
#include "../binding.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __APPLE__
#include <sys/kern_control.h>
#else
#include <net/if.h>
#endif

/* What Linux calls the two kinds; there are no other forms of them here. */
enum { flag_tun = 1, flag_tap = 2, flag_no_pi = 0, flag_vnet_hdr = 0x4000 };

enum { name_size = 16 };

/* tap3: 3; tap%d: -1, any; something else: -2. */
static int unit_of(const char *name, const char *prefix) {
  size_t length = strlen(prefix);
  char *end;
  if (strncmp(name, prefix, length) != 0) return -2;
  if (strcmp(name + length, "%d") == 0) return -1;
  long unit = strtol(name + length, &end, 10);
  return end == name + length || *end != '\0' || unit < 0 || unit > 32767 ? -2 : (int)unit;
}

#ifdef __APPLE__

/* Of sys/sys_domain.h and net/if_utun.h, which not every set of headers has. */
enum { af_sys_control = 2, sysproto_control = 2, utun_opt_ifname = 2 };

/* Opens utunN, or the first that is free, and puts its name into `name`: the descriptor, or -1. */
static int open_device(char *name, int flags) {
  int unit = unit_of(name, "utun");
  if (!(flags & flag_tun) || unit == -2) {
    errno = EINVAL;
    return -1;
  }
  int fd = socket(PF_SYSTEM, SOCK_DGRAM, sysproto_control);
  if (fd < 0) return -1;
  struct ctl_info control = {.ctl_name = "com.apple.net.utun_control"};
  socklen_t length = name_size;
  if (ioctl(fd, CTLIOCGINFO, &control) == 0) {
    struct sockaddr_ctl address = {
        .sc_len = sizeof address,
        .sc_family = PF_SYSTEM,
        .ss_sysaddr = af_sys_control,
        .sc_id = control.ctl_id,
        .sc_unit = (u_int32_t)(unit + 1), /* 0: any */
    };
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        getsockopt(fd, sysproto_control, utun_opt_ifname, name, &length) == 0)
      return fd;
  }
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

#else

/* Opens /dev/tapN or /dev/tunN, or the first of them that is free. OpenBSD and FreeBSD make the
   interface when its file is opened. */
static int open_device(char *name, int flags) {
  const char *prefix = flags & flag_tap ? "tap" : "tun";
  int unit = unit_of(name, prefix);
  char path[32];
  if (unit == -2) {
    errno = EINVAL;
    return -1;
  }
  for (int candidate = unit < 0 ? 0 : unit; candidate < 256; candidate++) {
    snprintf(path, sizeof path, "/dev/%s%d", prefix, candidate);
    int fd = open(path, O_RDWR);
    if (fd >= 0) snprintf(name, name_size, "%s%d", prefix, candidate);
    if (fd >= 0 || unit >= 0 || errno != EBUSY) return fd;
  }
  return -1;
}

#endif

/* open(name, flags): { fd, name, owner }. The fd is non-blocking, closes on exec and ends with owner. */
static napi_value device_open(napi_env env, napi_callback_info info) {
  napi_value argv[2], owner, result;
  char name[name_size];
  int32_t flags;
  if (!arguments(env, info, 2, argv) || !to_text(env, argv[0], name, sizeof name) ||
      !to_int(env, argv[1], &flags))
    return NULL;
  if (flags & flag_vnet_hdr) return throw_errno(env, "open", ENOTSUP);
  int fd = open_device(name, flags);
  if (fd < 0) return throw_errno(env, "open", errno);
  int error = fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0
                  ? errno
                  : own_descriptor(env, fd, &owner);
  if (error) {
    close(fd);
    return throw_errno(env, "open", error);
  }
  napi_create_object(env, &result);
  set_uint(env, result, "fd", (uint32_t)fd);
  set_text(env, result, "name", name);
  napi_set_named_property(env, result, "owner", owner);
  return result;
}

/* A device here lasts as long as its descriptor, and whoever may open its file may use it. */
static napi_value not_here(napi_env env, napi_callback_info info) {
  (void)info;
  return throw_errno(env, "ioctl", ENOTSUP);
}

void export_tun(napi_env env, napi_value exports) {
  export_function(env, exports, "open", device_open);
  export_function(env, exports, "setPersistent", not_here);
  export_function(env, exports, "setOwner", not_here);
  export_function(env, exports, "setGroup", not_here);
  set_uint(env, exports, "IFF_TUN", flag_tun);
  set_uint(env, exports, "IFF_TAP", flag_tap);
  set_uint(env, exports, "IFF_NO_PI", flag_no_pi);
  set_uint(env, exports, "IFF_VNET_HDR", flag_vnet_hdr);
}
