/* SPDX-License-Identifier: ISC */
/* The IPv4 addresses of an interface. rtnetlink(7), RTM_*ADDR. */
#include "../binding.h"
#include "netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <string.h>

struct list {
  napi_env env;
  napi_value array;
  uint32_t length;
  uint32_t index;
};

static void add_address(const struct nlmsghdr *message, void *context) {
  struct list *list = context;
  const struct ifaddrmsg *header = NLMSG_DATA(message);
  if (message->nlmsg_type != RTM_NEWADDR || header->ifa_index != list->index) return;
  const struct rtattr *local = find_attribute(IFA_RTA(header), IFA_PAYLOAD(message), IFA_LOCAL);
  const struct rtattr *peer = find_attribute(IFA_RTA(header), IFA_PAYLOAD(message), IFA_ADDRESS);
  char text[INET_ADDRSTRLEN];
  napi_value address;
  if (!local || !inet_ntop(AF_INET, RTA_DATA(local), text, sizeof text)) return;
  napi_create_object(list->env, &address);
  set_text(list->env, address, "address", text);
  if (peer && memcmp(RTA_DATA(peer), RTA_DATA(local), sizeof(struct in_addr)) != 0 &&
      inet_ntop(AF_INET, RTA_DATA(peer), text, sizeof text))
    set_text(list->env, address, "peer", text);
  set_uint(list->env, address, "prefix", header->ifa_prefixlen);
  napi_set_element(list->env, list->array, list->length++, address);
}

/* addresses(index): { address, prefix, peer? }[]; the prefix is that of the peer if there is one. */
static napi_value addresses(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  struct list list = {.env = env};
  if (!arguments(env, info, 1, argv) || !to_uint(env, argv[0], &list.index)) return NULL;
  struct request request;
  int error;
  do {
    struct ifaddrmsg *header = request_init(&request, RTM_GETADDR, NLM_F_DUMP, sizeof *header);
    header->ifa_family = AF_INET;
    list.length = 0;
    napi_create_array(env, &list.array);
    error = request_send(&request, add_address, &list);
  } while (error == EAGAIN);
  return error ? throw_errno(env, "RTM_GETADDR", error) : list.array;
}

static napi_value change_address(napi_env env, napi_callback_info info, int type, int flags,
                                 const char *name) {
  napi_value argv[4];
  uint32_t index, prefix;
  char text[INET_ADDRSTRLEN], peer_text[INET_ADDRSTRLEN];
  struct in_addr address, peer;
  if (!arguments(env, info, 4, argv) || !to_uint(env, argv[0], &index) ||
      !to_text(env, argv[1], text, sizeof text) || !to_uint(env, argv[2], &prefix) ||
      !to_text(env, argv[3], peer_text, sizeof peer_text))
    return NULL;
  if (inet_pton(AF_INET, text, &address) != 1 || inet_pton(AF_INET, peer_text, &peer) != 1 ||
      prefix > 32)
    return throw_errno(env, name, EINVAL);
  struct request request;
  struct ifaddrmsg *header = request_init(&request, type, flags, sizeof *header);
  header->ifa_family = AF_INET;
  header->ifa_prefixlen = (uint8_t)prefix;
  header->ifa_index = index;
  request_attribute(&request, IFA_LOCAL, &address, sizeof address);
  request_attribute(&request, IFA_ADDRESS, &peer, sizeof peer);
  if (type == RTM_NEWADDR && prefix < 31) {
    uint32_t broadcast = address.s_addr | htonl(prefix ? (1u << (32 - prefix)) - 1 : UINT32_MAX);
    request_attribute(&request, IFA_BROADCAST, &broadcast, sizeof broadcast);
  }
  int error = request_send(&request, NULL, NULL);
  return error ? throw_errno(env, name, error) : NULL;
}

/* addAddress(index, address, prefix, peer): the peer is the address itself on a shared link. */
static napi_value add(napi_env env, napi_callback_info info) {
  return change_address(env, info, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, "RTM_NEWADDR");
}

/* removeAddress(index, address, prefix, peer) */
static napi_value remove_address(napi_env env, napi_callback_info info) {
  return change_address(env, info, RTM_DELADDR, 0, "RTM_DELADDR");
}

void export_addresses(napi_env env, napi_value exports) {
  export_function(env, exports, "addresses", addresses);
  export_function(env, exports, "addAddress", add);
  export_function(env, exports, "removeAddress", remove_address);
}
