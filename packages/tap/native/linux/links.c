/* SPDX-License-Identifier: ISC */
/* Network interfaces: their list, and up, MTU and MAC of one of them. rtnetlink(7), RTM_*LINK. */
#include "../binding.h"
#include "netlink.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <string.h>

struct list {
  napi_env env;
  napi_value array;
  uint32_t length;
};

static uint32_t number_of(const struct rtattr *attribute) {
  uint32_t number = 0;
  size_t length = RTA_PAYLOAD(attribute);
  memcpy(&number, RTA_DATA(attribute), length < sizeof number ? length : sizeof number);
  return number;
}

/* What the driver says about a TUN/TAP device; the numbers are small or host-endian 32 bits. */
static void add_tun_data(napi_env env, napi_value link, const struct rtattr *data) {
  static const struct {
    int attribute;
    const char *key;
  } fields[] = {{IFLA_TUN_OWNER, "owner"}, {IFLA_TUN_GROUP, "group"}};
  const struct rtattr *list = RTA_DATA(data);
  size_t length = RTA_PAYLOAD(data);
  const struct rtattr *found = find_attribute(list, length, IFLA_TUN_TYPE);
  if (found) set_uint(env, link, "tunType", *(const uint8_t *)RTA_DATA(found));
  found = find_attribute(list, length, IFLA_TUN_PERSIST);
  if (found) set_uint(env, link, "persistent", *(const uint8_t *)RTA_DATA(found));
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    found = find_attribute(list, length, fields[i].attribute);
    if (found) set_uint(env, link, fields[i].key, number_of(found));
  }
}

static void add_link(const struct nlmsghdr *message, void *context) {
  struct list *list = context;
  const struct ifinfomsg *header = NLMSG_DATA(message);
  if (message->nlmsg_type != RTM_NEWLINK) return;
  const struct rtattr *attributes = IFLA_RTA(header);
  size_t length = IFLA_PAYLOAD(message);
  napi_value link, mac;
  napi_create_object(list->env, &link);
  set_uint(list->env, link, "index", (uint32_t)header->ifi_index);
  set_uint(list->env, link, "flags", header->ifi_flags);

  const struct rtattr *found = find_attribute(attributes, length, IFLA_IFNAME);
  if (found) set_text(list->env, link, "name", RTA_DATA(found));
  found = find_attribute(attributes, length, IFLA_MTU);
  if (found) set_uint(list->env, link, "mtu", number_of(found));
  found = find_attribute(attributes, length, IFLA_MASTER);
  if (found) set_uint(list->env, link, "master", number_of(found));
  found = find_attribute(attributes, length, IFLA_ADDRESS);
  if (found) {
    napi_create_buffer_copy(list->env, RTA_PAYLOAD(found), RTA_DATA(found), NULL, &mac);
    napi_set_named_property(list->env, link, "mac", mac);
  }
  found = find_attribute(attributes, length, IFLA_LINKINFO);
  if (found) {
    const struct rtattr *info = RTA_DATA(found);
    size_t info_length = RTA_PAYLOAD(found);
    const struct rtattr *kind = find_attribute(info, info_length, IFLA_INFO_KIND);
    const struct rtattr *data = find_attribute(info, info_length, IFLA_INFO_DATA);
    if (kind && data && strcmp(RTA_DATA(kind), "tun") == 0) add_tun_data(list->env, link, data);
  }
  napi_set_element(list->env, list->array, list->length++, link);
}

/* links(): { index, name, flags, mtu, mac?, master?, tunType?, persistent?, owner?, group? }[] */
static napi_value links(napi_env env, napi_callback_info info) {
  (void)info;
  struct request request;
  struct list list = {.env = env};
  int error;
  do {
    request_init(&request, RTM_GETLINK, NLM_F_DUMP, sizeof(struct ifinfomsg));
    list.length = 0;
    napi_create_array(env, &list.array);
    error = request_send(&request, add_link, &list);
  } while (error == EAGAIN);
  return error ? throw_errno(env, "RTM_GETLINK", error) : list.array;
}

static napi_value send_change(napi_env env, struct request *request) {
  int error = request_send(request, NULL, NULL);
  return error ? throw_errno(env, "RTM_NEWLINK", error) : NULL;
}

/* setUp(index, 0 | 1) */
static napi_value set_up(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int32_t index;
  uint32_t up;
  if (!arguments(env, info, 2, argv) || !to_int(env, argv[0], &index) ||
      !to_uint(env, argv[1], &up))
    return NULL;
  struct request request;
  struct ifinfomsg *header = request_init(&request, RTM_NEWLINK, 0, sizeof *header);
  header->ifi_index = index;
  header->ifi_change = IFF_UP;
  header->ifi_flags = up ? IFF_UP : 0;
  return send_change(env, &request);
}

/* setMtu(index, bytes) */
static napi_value set_mtu(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int32_t index;
  uint32_t mtu;
  if (!arguments(env, info, 2, argv) || !to_int(env, argv[0], &index) ||
      !to_uint(env, argv[1], &mtu))
    return NULL;
  struct request request;
  struct ifinfomsg *header = request_init(&request, RTM_NEWLINK, 0, sizeof *header);
  header->ifi_index = index;
  request_attribute(&request, IFLA_MTU, &mtu, sizeof mtu);
  return send_change(env, &request);
}

/* setMac(index, six bytes) */
static napi_value set_mac(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int32_t index;
  uint8_t *mac;
  size_t length;
  if (!arguments(env, info, 2, argv) || !to_int(env, argv[0], &index) ||
      !to_bytes(env, argv[1], &mac, &length))
    return NULL;
  if (length != 6) return throw_errno(env, "RTM_NEWLINK", EINVAL);
  struct request request;
  struct ifinfomsg *header = request_init(&request, RTM_NEWLINK, 0, sizeof *header);
  header->ifi_index = index;
  request_attribute(&request, IFLA_ADDRESS, mac, length);
  return send_change(env, &request);
}

void export_links(napi_env env, napi_value exports) {
  export_function(env, exports, "links", links);
  export_function(env, exports, "setUp", set_up);
  export_function(env, exports, "setMtu", set_mtu);
  export_function(env, exports, "setMac", set_mac);
  set_uint(env, exports, "IFF_UP", IFF_UP);
  set_uint(env, exports, "IFF_LOWER_UP", IFF_LOWER_UP);
}
