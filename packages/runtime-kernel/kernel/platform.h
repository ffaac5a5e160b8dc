/* SPDX-License-Identifier: ISC */

/* What the kernel asks of the machine around it: a hypervisor, or none. Each kind of
   machine is one table of functions; the first that recognises where it is, is chosen at
   boot and stays. Times are nanoseconds. */
#ifndef MIRAGE_PLATFORM_H
#define MIRAGE_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

#include "boot.h"

struct platform {
  const char *name;

  /* Whether this is where we are; if so, all the rest can be called from now on. There is
     no memory to allocate yet. */
  int (*start)(const struct boot *boot);

  /* Since some time before the start; never goes back. What to add for the time since
     1970, UTC. */
  uint64_t (*monotonic)(void);
  uint64_t (*wall_base)(void);

  /* Sleeps until a device has something to tell that has not been looked at, or the
     deadline; may return early. */
  void (*wait)(uint64_t deadline);

  /* Writes what the console takes at once, and returns how much that was. Bytes that it
     would take, and bytes that it took and nobody has read so far. Sleeps as `wait` does,
     for what happens at the console. */
  size_t (*console_write)(const char *s, size_t n);
  size_t (*console_room)(void);
  size_t (*console_unread)(void);
  size_t (*console_read)(char *to, size_t n);
  void (*console_wait)(uint64_t deadline);

  /* Whether the program was asked, from outside the machine, to end since the last call. */
  int (*asked_to_stop)(void);

  /* Passes a line about the program's state on, to who may listen. */
  void (*report)(const char *line, size_t n);

  /* The end; code 0 is success, any other a crash. They may return if the machine cannot
     be ended. */
  void (*off)(uint32_t code);
  void (*reboot)(void);
};

/* The chosen one. NULL before, when messages go to arch_early_write. */
extern const struct platform *platform;

/* Puts a table among those that are asked, in the order of their ranks, two digits; what
   takes any machine has 99. */
#define PLATFORM(table, rank)                                                           \
  static const struct platform *const table##_entry                                     \
      __attribute__((used, section(".platforms." #rank))) = &(table)

/* Asks them; ends the kernel if none answers. */
void platform_choose(const struct boot *boot);

#endif
