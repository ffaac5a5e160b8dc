/* SPDX-License-Identifier: ISC */
/* Network interfaces: their list, and up, MTU and MAC of one of them. getifaddrs(3), netintro(4). */
#include "../binding.h"
#include "interfaces.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if_dl.h>
#include <string.h>
#include <sys/ioctl.h>
#ifdef __APPLE__
#include <net/if_var.h>
#include <sys/sockio.h>
#endif
#include <unistd.h>

int interface_request(uint32_t index, unsigned long request, void *data) {
  char name[IF_NAMESIZE];
  if (if_indextoname(index, name) == NULL) return ENODEV;
  memcpy(data, name, sizeof name);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) return errno;
  int error = ioctl(fd, request, data) < 0 ? device_errno(errno) : 0;
  close(fd);
  return error;
}

static int begins_with(const char *name, const char *prefix) {
  return strncmp(name, prefix, strlen(prefix)) == 0;
}

static napi_value link_of(napi_env env, const struct ifaddrs *entry) {
  const struct sockaddr_dl *address = (const struct sockaddr_dl *)entry->ifa_addr;
  const struct if_data *data = entry->ifa_data;
  napi_value link, mac;
  napi_create_object(env, &link);
  set_uint(env, link, "index", address->sdl_index);
  set_text(env, link, "name", entry->ifa_name);
  set_uint(env, link, "flags", entry->ifa_flags);
  set_uint(env, link, "mtu", data ? data->ifi_mtu : 0);
  if (address->sdl_alen == 6) {
    napi_create_buffer_copy(env, 6, LLADDR(address), NULL, &mac);
    napi_set_named_property(env, link, "mac", mac);
  }
  if (begins_with(entry->ifa_name, "tap")) set_uint(env, link, "tunType", 2);
  if (begins_with(entry->ifa_name, "tun") || begins_with(entry->ifa_name, "utun"))
    set_uint(env, link, "tunType", 1);
  return link;
}

/* links(): { index, name, flags, mtu, mac?, tunType? }[] */
static napi_value links(napi_env env, napi_callback_info info) {
  (void)info;
  struct ifaddrs *all;
  napi_value array;
  uint32_t length = 0;
  if (getifaddrs(&all) != 0) return throw_errno(env, "getifaddrs", errno);
  napi_create_array(env, &array);
  for (const struct ifaddrs *entry = all; entry; entry = entry->ifa_next)
    if (entry->ifa_addr && entry->ifa_addr->sa_family == AF_LINK)
      napi_set_element(env, array, length++, link_of(env, entry));
  freeifaddrs(all);
  return array;
}

static napi_value done(napi_env env, const char *name, int error) {
  return error ? throw_errno(env, name, error) : NULL;
}

/* setUp(index, 0 | 1) */
static napi_value set_up(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  uint32_t index, up;
  struct ifreq request = {0};
  if (!arguments(env, info, 2, argv) || !to_uint(env, argv[0], &index) || !to_uint(env, argv[1], &up))
    return NULL;
  int error = interface_request(index, SIOCGIFFLAGS, &request);
  if (error) return done(env, "SIOCGIFFLAGS", error);
  if (up)
    request.ifr_flags |= IFF_UP;
  else
    request.ifr_flags &= ~IFF_UP;
  return done(env, "SIOCSIFFLAGS", interface_request(index, SIOCSIFFLAGS, &request));
}

/* setMtu(index, bytes) */
static napi_value set_mtu(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  uint32_t index, mtu;
  struct ifreq request = {0};
  if (!arguments(env, info, 2, argv) || !to_uint(env, argv[0], &index) || !to_uint(env, argv[1], &mtu))
    return NULL;
  request.ifr_mtu = (int)mtu;
  return done(env, "SIOCSIFMTU", interface_request(index, SIOCSIFMTU, &request));
}

/* setMac(index, six bytes) */
static napi_value set_mac(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  uint32_t index;
  uint8_t *mac;
  size_t length;
  struct ifreq request = {0};
  if (!arguments(env, info, 2, argv) || !to_uint(env, argv[0], &index) ||
      !to_bytes(env, argv[1], &mac, &length))
    return NULL;
  if (length != 6) return throw_errno(env, "SIOCSIFLLADDR", EINVAL);
  request.ifr_addr.sa_len = 6;
  request.ifr_addr.sa_family = AF_LINK;
  memcpy(request.ifr_addr.sa_data, mac, length);
  return done(env, "SIOCSIFLLADDR", interface_request(index, SIOCSIFLLADDR, &request));
}

void export_links(napi_env env, napi_value exports) {
  export_function(env, exports, "links", links);
  export_function(env, exports, "setUp", set_up);
  export_function(env, exports, "setMtu", set_mtu);
  export_function(env, exports, "setMac", set_mac);
  set_uint(env, exports, "IFF_UP", IFF_UP);
  set_uint(env, exports, "IFF_LOWER_UP", IFF_RUNNING);
}
