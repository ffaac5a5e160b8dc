/* SPDX-License-Identifier: ISC */

#define _GNU_SOURCE
#include "system.h"

#ifdef MIRAGE_LINUX

#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>

int mirage_system_has_scalable_wait(void) { return 1; }
void mirage_system_start(void) { }
int mirage_system_no_signal(void) { return MSG_NOSIGNAL; }

int mirage_system_ask_destination(int fd)
{
  int on = 1;
  return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
}

int mirage_system_destination(struct cmsghdr *message, struct in_addr *destination)
{
  if (message->cmsg_level != IPPROTO_IP || message->cmsg_type != IP_PKTINFO) return 0;
  struct in_pktinfo info;
  memcpy(&info, CMSG_DATA(message), sizeof info);
  *destination = info.ipi_addr;
  return 1;
}

ssize_t mirage_system_random(void *buffer, size_t length) { return getrandom(buffer, length, 0); }

/* linux/if_tun.h, and Documentation/networking/tuntap.rst. */
enum mirage_device mirage_system_device(int fd)
{
  struct ifreq request = { 0 };
  if (ioctl(fd, TUNGETIFF, &request) != 0) return mirage_device_ethernet;
  if (request.ifr_flags & IFF_TUN) return mirage_device_ip;
  return request.ifr_flags & IFF_VNET_HDR ? mirage_device_ethernet_offload
                                          : mirage_device_ethernet;
}

int mirage_system_leave_to_reader(int fd, int yes)
{
  return ioctl(fd, TUNSETOFFLOAD, yes ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 : 0);
}

int mirage_system_has_control_groups(void) { return 1; }

#endif
