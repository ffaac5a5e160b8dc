/* SPDX-License-Identifier: ISC */

/* System calls on non-blocking file descriptors and bigarrays. All of them try
   once, never wait, and are -1 when the call would have had to wait; other
   failures raise Unix.Unix_error. */

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <caml/alloc.h>
#include <caml/bigarray.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>
#include <caml/unixsupport.h>

#include "system.h"

/* As many parts as one vectored call takes; Fd.max_parts is the same. */
#define MAX_PARTS 64

static value result_of(ssize_t n, const char *name)
{
  if (n >= 0) return Val_long(n);
  if (errno == EAGAIN || errno == EWOULDBLOCK) return Val_long(-1);
  uerror((char *)name, Nothing);
}

static char *at(value buffer, value offset)
{
  return (char *)Caml_ba_data_val(buffer) + Long_val(offset);
}

/* Fills [parts] from an OCaml list of Cstruct.t = { buffer; off; len }. */
static int parts_of_list(value list, struct iovec *parts)
{
  int n = 0;
  for (; list != Val_emptylist && n < MAX_PARTS; list = Field(list, 1)) {
    value cstruct = Field(list, 0);
    parts[n].iov_base = at(Field(cstruct, 0), Field(cstruct, 1));
    parts[n].iov_len = Long_val(Field(cstruct, 2));
    n++;
  }
  return n;
}

CAMLprim value mirage_unix_read(value fd, value buffer, value offset, value length)
{
  ssize_t n;
  do n = read(Int_val(fd), at(buffer, offset), Long_val(length));
  while (n < 0 && errno == EINTR);
  return result_of(n, "read");
}

CAMLprim value mirage_unix_writev(value fd, value list)
{
  struct iovec parts[MAX_PARTS];
  int count = parts_of_list(list, parts);
  ssize_t n;
  do n = writev(Int_val(fd), parts, count);
  while (n < 0 && errno == EINTR);
  return result_of(n, "writev");
}

CAMLprim value mirage_unix_send(value fd, value list)
{
  struct iovec parts[MAX_PARTS];
  struct msghdr message = { 0 };
  message.msg_iov = parts;
  message.msg_iovlen = parts_of_list(list, parts);
  ssize_t n;
  do n = sendmsg(Int_val(fd), &message, mirage_system_no_signal() | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return result_of(n, "send");
}

CAMLprim value mirage_unix_at_eof(value fd)
{
  char byte;
  ssize_t n;
  do n = recv(Int_val(fd), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return Val_bool(n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK));
}

CAMLprim value mirage_unix_ask_destination(value fd)
{
  if (mirage_system_ask_destination(Int_val(fd)) != 0) uerror("setsockopt", Nothing);
  return Val_unit;
}

/* Stores source address, source port and destination address in [addresses],
   which has 10 bytes: 4 + 2 + 4 in network order. */
CAMLprim value mirage_unix_recv_datagram(value fd, value buffer, value offset,
                                         value length, value addresses)
{
  struct iovec part = { at(buffer, offset), Long_val(length) };
  struct sockaddr_in source = { 0 };
  union {
    char space[MIRAGE_DESTINATION_ROOM];
    struct cmsghdr align;
  } control;
  struct msghdr message = { 0 };
  message.msg_name = &source;
  message.msg_namelen = sizeof source;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.space;
  message.msg_controllen = sizeof control.space;
  ssize_t n;
  do n = recvmsg(Int_val(fd), &message, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n >= 0) {
    struct in_addr destination = { INADDR_ANY };
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c))
      mirage_system_destination(c, &destination);
    unsigned char *out = Bytes_val(addresses);
    memcpy(out, &source.sin_addr, 4);
    memcpy(out + 4, &source.sin_port, 2);
    memcpy(out + 6, &destination, 4);
  }
  return result_of(n, "recvmsg");
}

/* Writes to a descriptor shared with other processes (standard output), whose
   O_NONBLOCK is not ours to set. A socket has a flag a call for that. A pipe
   that poll(2) calls writable takes PIPE_BUF = 4096 bytes without waiting. */
CAMLprim value mirage_unix_write_shared(value fd, value string, value offset,
                                        value length)
{
  const char *data = String_val(string) + Long_val(offset);
  ssize_t n;
  int flags = MSG_DONTWAIT | mirage_system_no_signal();
  do n = send(Int_val(fd), data, Long_val(length), flags);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == ENOTSOCK) {
    struct pollfd ready = { Int_val(fd), POLLOUT, 0 };
    if (poll(&ready, 1, 0) == 0) return Val_long(-1);
    size_t size = Long_val(length) < 4096 ? Long_val(length) : 4096;
    do n = write(Int_val(fd), data, size);
    while (n < 0 && errno == EINTR);
  }
  return result_of(n, "write");
}

CAMLprim value mirage_unix_random(value buffer, value offset, value length)
{
  ssize_t n;
  do n = mirage_system_random(at(buffer, offset), Long_val(length));
  while (n < 0 && errno == EINTR);
  if (n < 0) uerror("random", Nothing);
  return Val_long(n);
}
