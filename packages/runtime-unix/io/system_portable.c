/* SPDX-License-Identifier: ISC */

#define _GNU_SOURCE
#include "system.h"

#ifndef MIRAGE_LINUX

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#include <net/if.h>
#include <sys/random.h> /* getentropy(3), which others have in unistd.h */

/* Of sys/sys_domain.h and net/if_utun.h, which not every set of headers has. */
enum { sysproto_control = 2, utun_opt_ifname = 2 };
#endif

int mirage_system_has_scalable_wait(void) { return 0; }

/* Not every system has MSG_NOSIGNAL, and OS.Main.run ignores the signal in any case. */
void mirage_system_start(void) { signal(SIGPIPE, SIG_IGN); }
int mirage_system_no_signal(void) { return 0; }

int mirage_system_ask_destination(int fd)
{
  int on = 1;
#ifdef IP_RECVDSTADDR
  return setsockopt(fd, IPPROTO_IP, IP_RECVDSTADDR, &on, sizeof on);
#else
  return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
#endif
}

int mirage_system_destination(struct cmsghdr *message, struct in_addr *destination)
{
#ifdef IP_RECVDSTADDR
  if (message->cmsg_level != IPPROTO_IP || message->cmsg_type != IP_RECVDSTADDR) return 0;
  memcpy(destination, CMSG_DATA(message), sizeof *destination);
#else
  if (message->cmsg_level != IPPROTO_IP || message->cmsg_type != IP_PKTINFO) return 0;
  struct in_pktinfo info;
  memcpy(&info, CMSG_DATA(message), sizeof info);
  *destination = info.ipi_addr;
#endif
  return 1;
}

ssize_t mirage_system_random(void *buffer, size_t length)
{
  size_t most = 256; /* POSIX's GETENTROPY_MAX */
  size_t taken = length < most ? length : most;
  return getentropy(buffer, taken) == 0 ? (ssize_t)taken : -1;
}

enum mirage_device mirage_system_device(int fd)
{
#ifdef __APPLE__
  char name[IFNAMSIZ];
  socklen_t length = sizeof name;
  if (getsockopt(fd, sysproto_control, utun_opt_ifname, name, &length) == 0)
    return mirage_device_ip_family;
#endif
  return mirage_device_ethernet;
}

int mirage_system_leave_to_reader(int fd, int yes)
{
  (void)fd;
  if (!yes) return 0;
  errno = ENOSYS;
  return -1;
}

int mirage_system_has_control_groups(void) { return 0; }

#endif
