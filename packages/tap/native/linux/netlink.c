/* SPDX-License-Identifier: ISC */
/* Requests to the kernel's routing netlink: rtnetlink(7), netlink(7). */
#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { reply_size = 65536 };

void *request_init(struct request *request, int type, int flags, size_t size) {
  memset(request, 0, sizeof *request);
  request->header.nlmsg_len = (uint32_t)NLMSG_LENGTH(size);
  request->header.nlmsg_type = (uint16_t)type;
  request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
  return NLMSG_DATA(&request->header);
}

void request_attribute(struct request *request, int type, const void *data, size_t length) {
  size_t start = NLMSG_ALIGN(request->header.nlmsg_len);
  if (start + RTA_SPACE(length) > sizeof *request) abort();
  struct rtattr *attribute = (struct rtattr *)((char *)request + start);
  attribute->rta_type = (uint16_t)type;
  attribute->rta_len = (uint16_t)RTA_LENGTH(length);
  memcpy(RTA_DATA(attribute), data, length);
  request->header.nlmsg_len = (uint32_t)(start + RTA_SPACE(length));
}

/* Reads the whole answer: an acknowledgement, or a dump up to NLMSG_DONE. */
static int receive(int fd, char *buffer, message_handler handler, void *context) {
  int interrupted = 0;
  for (;;) {
    ssize_t received = recv(fd, buffer, reply_size, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received < 0) return errno;
    int left = (int)received;
    for (struct nlmsghdr *message = (struct nlmsghdr *)buffer; NLMSG_OK(message, (uint32_t)left);
         message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_flags & NLM_F_DUMP_INTR) interrupted = 1;
      if (message->nlmsg_type == NLMSG_DONE) return interrupted ? EAGAIN : 0;
      if (message->nlmsg_type == NLMSG_ERROR)
        return -((const struct nlmsgerr *)NLMSG_DATA(message))->error;
      if (!interrupted && handler) handler(message, context);
    }
  }
}

int request_send(struct request *request, message_handler handler, void *context) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) return errno;
  if ((request->header.nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
    request->header.nlmsg_flags |= NLM_F_ACK;
  char *buffer = malloc(reply_size);
  int error = buffer ? 0 : ENOMEM;
  if (!error && send(fd, request, request->header.nlmsg_len, 0) < 0) error = errno;
  if (!error) error = receive(fd, buffer, handler, context);
  free(buffer);
  close(fd);
  return error;
}

const struct rtattr *find_attribute(const struct rtattr *list, size_t length, int type) {
  int left = (int)length;
  for (; RTA_OK(list, left); list = RTA_NEXT(list, left))
    if ((list->rta_type & NLA_TYPE_MASK) == type) return list;
  return NULL;
}
