/* SPDX-License-Identifier: ISC */

#include "cpu.h"
#include "xen_interface.h"

void shutdown(u32 code)
{
  if (code) {
    log_string("exit code ");
    log_number(code);
    log_string("\n");
  }
  console_flush();
  if (on_xen) xen_shutdown(code ? SHUTDOWN_crash : SHUTDOWN_poweroff);
  machine_shutdown(code);
  for (;;) __asm__ volatile("cli; hlt");
}

void reboot(void)
{
  console_flush();
  if (on_xen) xen_shutdown(SHUTDOWN_reboot);
  out8(0xcf9, 6); /* the reset control register of PC chip sets */
  for (;;) __asm__ volatile("cli; hlt");
}
