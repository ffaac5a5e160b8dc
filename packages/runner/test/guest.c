/* SPDX-License-Identifier: ISC */
/* A stand-in for a unikernel: Linux's own stack behind the TAP device that was handed over.
     guest ADDRESS PROGRAM ARGUMENT...
   runs the program in a network namespace whose device has that address (or none, for "-"), and
   carries frames between that device and the first fd of MIRAGE_NETS. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

static void check(int result, const char *what) {
  if (result >= 0) return;
  perror(what);
  exit(70);
}

static void set_address(int control, struct ifreq *request, unsigned long number, const char *text) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  inet_pton(AF_INET, text, &address.sin_addr);
  memcpy(&request->ifr_addr, &address, sizeof address);
  check(ioctl(control, number, request), text);
}

static int open_device(const char *mac, const char *address) {
  struct ifreq request = {.ifr_name = "guest0"};
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  int control = socket(AF_INET, SOCK_DGRAM, 0);
  check(fd, "/dev/net/tun");
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR; /* as the other one has */
  check(ioctl(fd, TUNSETIFF, &request), "TUNSETIFF");
  request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
  unsigned char *m = (unsigned char *)request.ifr_hwaddr.sa_data;
  sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", m, m + 1, m + 2, m + 3, m + 4, m + 5);
  check(ioctl(control, SIOCSIFHWADDR, &request), "SIOCSIFHWADDR");
  if (strcmp(address, "-") != 0) {
    set_address(control, &request, SIOCSIFADDR, address);
    set_address(control, &request, SIOCSIFNETMASK, "255.255.255.0");
  }
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  check(ioctl(control, SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
  close(control);
  return fd;
}

static void carry(int from, int to) {
  char frame[65536];
  for (ssize_t length; (length = read(from, frame, sizeof frame)) > 0;)
    if (write(to, frame, (size_t)length) < 0 && errno != EAGAIN && errno != EIO) perror("write");
}

int main(int argc, char **argv) {
  int outer;
  const char *nets = getenv("MIRAGE_NETS"), *macs = getenv("MIRAGE_MACS");
  if (argc < 3 || !nets || !macs || sscanf(nets, "%*[^=]=%d", &outer) != 1) return 2;
  check(unshare(CLONE_NEWNET), "unshare");
  int inner = open_device(strchr(macs, '=') + 1, argv[1]);
  pid_t parent = getpid();
  if (fork() != 0) {
    close(outer);
    execvp(argv[2], argv + 2);
    check(-1, argv[2]);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  struct pollfd fds[] = {{.fd = outer, .events = POLLIN}, {.fd = inner, .events = POLLIN}};
  while (getppid() == parent && poll(fds, 2, -1) > 0) {
    carry(outer, inner);
    carry(inner, outer);
  }
  return 0;
}
