/* SPDX-License-Identifier: ISC */
#ifndef MIRAGE_TAP_INTERFACES_H
#define MIRAGE_TAP_INTERFACES_H

#include <netinet/in.h>
#include <sys/types.h>
#include <sys/socket.h>

#include <net/if.h>

/* Performs a request of netintro(4) on an interface, whose name goes to the front of `data`, as every
   structure of these requests has it. 0, or the errno it failed with. */
int interface_request(uint32_t index, unsigned long request, void *data);

#endif
