/* SPDX-License-Identifier: ISC */
/* The IPv4 addresses of an interface. getifaddrs(3), netintro(4). */
#include "../binding.h"
#include "interfaces.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <string.h>
#include <sys/ioctl.h>
#ifdef __APPLE__
#include <sys/sockio.h>
#endif

static const struct in_addr *ipv4_of(const struct sockaddr *address) {
  return &((const struct sockaddr_in *)address)->sin_addr;
}

static uint32_t prefix_of(const struct sockaddr *mask) {
  uint32_t bits = mask ? ntohl(ipv4_of(mask)->s_addr) : UINT32_MAX, prefix = 0;
  for (; bits & 0x80000000u; bits <<= 1) prefix++;
  return prefix;
}

static napi_value address_of(napi_env env, const struct ifaddrs *entry) {
  char text[INET_ADDRSTRLEN];
  napi_value address;
  napi_create_object(env, &address);
  inet_ntop(AF_INET, ipv4_of(entry->ifa_addr), text, sizeof text);
  set_text(env, address, "address", text);
  if ((entry->ifa_flags & IFF_POINTOPOINT) && entry->ifa_dstaddr) {
    inet_ntop(AF_INET, ipv4_of(entry->ifa_dstaddr), text, sizeof text);
    set_text(env, address, "peer", text);
  }
  set_uint(env, address, "prefix", prefix_of(entry->ifa_netmask));
  return address;
}

/* addresses(index): { address, prefix, peer? }[] */
static napi_value addresses(napi_env env, napi_callback_info info) {
  napi_value argv[1], array;
  uint32_t index, length = 0;
  char name[IF_NAMESIZE];
  struct ifaddrs *all;
  if (!arguments(env, info, 1, argv) || !to_uint(env, argv[0], &index)) return NULL;
  if (if_indextoname(index, name) == NULL) return throw_errno(env, "if_indextoname", ENODEV);
  if (getifaddrs(&all) != 0) return throw_errno(env, "getifaddrs", errno);
  napi_create_array(env, &array);
  for (const struct ifaddrs *entry = all; entry; entry = entry->ifa_next)
    if (entry->ifa_addr && entry->ifa_addr->sa_family == AF_INET && strcmp(entry->ifa_name, name) == 0)
      napi_set_element(env, array, length++, address_of(env, entry));
  freeifaddrs(all);
  return array;
}

static void put(struct sockaddr *place, struct in_addr address) {
  struct sockaddr_in ipv4 = {.sin_len = sizeof ipv4, .sin_family = AF_INET, .sin_addr = address};
  memcpy(place, &ipv4, sizeof ipv4);
}

struct change {
  uint32_t index, prefix;
  struct in_addr address, peer;
};

static int to_change(napi_env env, napi_callback_info info, const char *name, struct change *change) {
  napi_value argv[4];
  char text[INET_ADDRSTRLEN], peer[INET_ADDRSTRLEN];
  if (!arguments(env, info, 4, argv) || !to_uint(env, argv[0], &change->index) ||
      !to_text(env, argv[1], text, sizeof text) || !to_uint(env, argv[2], &change->prefix) ||
      !to_text(env, argv[3], peer, sizeof peer))
    return 0;
  if (inet_pton(AF_INET, text, &change->address) == 1 &&
      inet_pton(AF_INET, peer, &change->peer) == 1 && change->prefix <= 32)
    return 1;
  throw_errno(env, name, EINVAL);
  return 0;
}

/* addAddress(index, address, prefix, peer): the peer is the address itself on a shared link. */
static napi_value add(napi_env env, napi_callback_info info) {
  struct change change;
  struct ifaliasreq request;
  if (!to_change(env, info, "SIOCAIFADDR", &change)) return NULL;
  uint32_t mask = change.prefix ? UINT32_MAX << (32 - change.prefix) : 0;
  struct in_addr netmask = {htonl(mask)};
  struct in_addr broadcast = {change.address.s_addr | ~netmask.s_addr};
  memset(&request, 0, sizeof request);
  put((struct sockaddr *)&request.ifra_addr, change.address);
  put((struct sockaddr *)&request.ifra_mask, netmask);
  /* The same place has the other end of a point-to-point link. */
  put((struct sockaddr *)&request.ifra_broadaddr,
      change.peer.s_addr != change.address.s_addr ? change.peer : broadcast);
  int error = interface_request(change.index, SIOCAIFADDR, &request);
  return error ? throw_errno(env, "SIOCAIFADDR", error) : NULL;
}

/* removeAddress(index, address, prefix, peer) */
static napi_value remove_address(napi_env env, napi_callback_info info) {
  struct change change;
  struct ifreq request = {0};
  if (!to_change(env, info, "SIOCDIFADDR", &change)) return NULL;
  put(&request.ifr_addr, change.address);
  int error = interface_request(change.index, SIOCDIFADDR, &request);
  return error ? throw_errno(env, "SIOCDIFADDR", error) : NULL;
}

void export_addresses(napi_env env, napi_value exports) {
  export_function(env, exports, "addresses", addresses);
  export_function(env, exports, "addAddress", add);
  export_function(env, exports, "removeAddress", remove_address);
}
