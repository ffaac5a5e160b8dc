/* SPDX-License-Identifier: ISC */
/* The TUN/TAP driver, through ioctl on /dev/net/tun. See Documentation/networking/tuntap.rst. */
#include "../binding.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* open(name, flags): { fd, name, owner }. The fd is non-blocking, closes on exec and ends with owner. */
static napi_value tun_open(napi_env env, napi_callback_info info) {
  napi_value argv[2], owner, result;
  struct ifreq request = {0};
  int32_t flags;
  if (!arguments(env, info, 2, argv) || !to_text(env, argv[0], request.ifr_name, IFNAMSIZ) ||
      !to_int(env, argv[1], &flags))
    return NULL;
  int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return throw_errno(env, "open", errno);
  request.ifr_flags = (short)flags;
  int error = ioctl(fd, TUNSETIFF, &request) < 0 ? errno : own_descriptor(env, fd, &owner);
  if (error) {
    close(fd);
    return throw_errno(env, "TUNSETIFF", error);
  }
  napi_create_object(env, &result);
  set_uint(env, result, "fd", (uint32_t)fd);
  set_text(env, result, "name", request.ifr_name);
  napi_set_named_property(env, result, "owner", owner);
  return result;
}

static napi_value set_number(napi_env env, napi_callback_info info, unsigned long request,
                             const char *name) {
  napi_value argv[2];
  int32_t fd;
  uint32_t value;
  if (!arguments(env, info, 2, argv) || !to_int(env, argv[0], &fd) ||
      !to_uint(env, argv[1], &value))
    return NULL;
  if (ioctl(fd, request, (unsigned long)value) < 0) return throw_errno(env, name, errno);
  return NULL;
}

/* setPersistent(fd, 0 | 1) */
static napi_value set_persistent(napi_env env, napi_callback_info info) {
  return set_number(env, info, TUNSETPERSIST, "TUNSETPERSIST");
}

/* setOwner(fd, uid) */
static napi_value set_owner(napi_env env, napi_callback_info info) {
  return set_number(env, info, TUNSETOWNER, "TUNSETOWNER");
}

/* setGroup(fd, gid) */
static napi_value set_group(napi_env env, napi_callback_info info) {
  return set_number(env, info, TUNSETGROUP, "TUNSETGROUP");
}

void export_tun(napi_env env, napi_value exports) {
  export_function(env, exports, "open", tun_open);
  export_function(env, exports, "setPersistent", set_persistent);
  export_function(env, exports, "setOwner", set_owner);
  export_function(env, exports, "setGroup", set_group);
  set_uint(env, exports, "IFF_TUN", IFF_TUN);
  set_uint(env, exports, "IFF_TAP", IFF_TAP);
  set_uint(env, exports, "IFF_NO_PI", IFF_NO_PI);
  set_uint(env, exports, "IFF_VNET_HDR", IFF_VNET_HDR);
}
