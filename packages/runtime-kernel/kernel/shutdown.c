/* SPDX-License-Identifier: ISC */

#include "arch.h"
#include "platform.h"

void shutdown(u32 code)
{
  if (code) {
    log_string("exit code ");
    log_number(code);
    log_string("\n");
  }
  console_flush();
  if (platform) platform->off(code);
  arch_halt();
}

void reboot(void)
{
  console_flush();
  platform->reboot();
  arch_halt();
}

void panic(const char *why)
{
  log_string("panic: ");
  log_string(why);
  log_string("\n");
  shutdown(70);
}
