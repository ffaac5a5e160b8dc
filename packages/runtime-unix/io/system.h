/* SPDX-License-Identifier: ISC */

/* What one Unix has and another has not. system_linux.c does it as Linux can,
   system_portable.c by what POSIX, the BSDs and macOS share; the other of the two is
   empty. MIRAGE_PORTABLE has the second on Linux as well, where it can be tested. */

#ifndef MIRAGE_SYSTEM_H
#define MIRAGE_SYSTEM_H

#if defined(__linux__) && !defined(MIRAGE_PORTABLE)
#define MIRAGE_LINUX
#endif

#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Whether Lwt's own choice of a system call that waits for descriptors is the best that
   there is; otherwise poll(2) is: event_engine.ml. */
int mirage_system_has_scalable_wait(void);

/* Before any OCaml code. */
void mirage_system_start(void);

/* Flag of send(2) and sendmsg(2): a peer that is gone is no signal. 0 where
   mirage_system_start has taken care of that. */
int mirage_system_no_signal(void);

/* Makes recvmsg(2) tell which IPv4 address a datagram was sent to. 0, or -1 and errno. */
int mirage_system_ask_destination(int fd);

/* As much room for control messages as that takes, at least. */
#define MIRAGE_DESTINATION_ROOM 64

/* Whether the control message tells the address: then it is in *destination. */
int mirage_system_destination(struct cmsghdr *message, struct in_addr *destination);

/* Up to `length` random octets from the kernel: their number, or -1 and errno. */
ssize_t mirage_system_random(void *buffer, size_t length);

/* What a descriptor that was handed over as a network device reads and writes. */
enum mirage_device {
  /* Ethernet frames: /dev/net/tun as IFF_TAP | IFF_NO_PI, the /dev/tapN of a BSD. */
  mirage_device_ethernet = 0,
  /* The same behind a struct virtio_net_hdr: IFF_VNET_HDR. */
  mirage_device_ethernet_offload = 1,
  /* IP packets: /dev/net/tun as IFF_TUN | IFF_NO_PI. */
  mirage_device_ip = 2,
  /* IP packets behind an address family in network order: utun of macOS. */
  mirage_device_ip_family = 3
};

enum mirage_device mirage_system_device(int fd);

/* Whether what the host sends through such a device may be left without checksums and, as
   TCP over IPv4, in large segments. 0, or -1 and errno. */
int mirage_system_leave_to_reader(int fd, int yes);

/* Whether /proc and cgroups(7) tell how much memory the process may use. */
int mirage_system_has_control_groups(void);

#endif
