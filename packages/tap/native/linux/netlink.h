/* SPDX-License-Identifier: ISC */
#ifndef MIRAGE_TAP_NETLINK_H
#define MIRAGE_TAP_NETLINK_H

#include <linux/rtnetlink.h>
#include <stddef.h>

/* A request under construction: a netlink header, a family header, attributes. */
struct request {
  struct nlmsghdr header;
  char payload[512];
};

/* Starts a request whose family header (struct ifinfomsg, …) has `size` bytes; returns it, zeroed. */
void *request_init(struct request *request, int type, int flags, size_t size);

void request_attribute(struct request *request, int type, const void *data, size_t length);

/* Called for each message of a dump. */
typedef void (*message_handler)(const struct nlmsghdr *message, void *context);

/* Sends the request and waits for the kernel's answer. Returns 0, or the errno it failed with;
   EAGAIN when something changed during a dump, which is then to be done again from the start. */
int request_send(struct request *request, message_handler handler, void *context);

/* The attribute of that type in a list, or NULL. */
const struct rtattr *find_attribute(const struct rtattr *list, size_t length, int type);

#endif
