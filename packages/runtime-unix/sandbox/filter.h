/* SPDX-License-Identifier: ISC */

/* Which system calls the process may make from now on: seccomp(2). */

#ifndef MIRAGE_FILTER_H
#define MIRAGE_FILTER_H

/* What a program may do beyond what every one may: compute, wait, tell the time,
   get random numbers, and use the descriptors that it has. */
enum {
  /* Open sockets of IPv4 and IPv6. */
  mirage_filter_sockets = 1,
  /* Name files: harmless where the root is empty. */
  mirage_filter_paths = 2,
  /* All but what no unikernel does: another program's memory, mounts, modules. */
  mirage_filter_unix = 4
};

/* Whether this system has such a filter that we know. */
extern const int mirage_filter_is_there;

/* Applies to all threads, and for ever. 0, or what went wrong. */
int mirage_filter_install(int allowed);

#endif
