/* SPDX-License-Identifier: ISC */

/* A console that a driver brings, beside what the board has. */
#ifndef MIRAGE_CONSOLE_DEVICE_H
#define MIRAGE_CONSOLE_DEVICE_H

#include "kernel.h"

struct console_device {
  void (*write)(const char *s, size_t n); /* all of it */
  size_t (*read)(char *to, size_t n);     /* what has arrived */
};

/* NULL if there is none. */
extern const struct console_device *console_device;

/* Whether the board has a console of its own. */
int console_is_on_board(void);

#endif
