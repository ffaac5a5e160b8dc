/* SPDX-License-Identifier: ISC */

#include "board.h"

#include "device_tree.h"
#include "gic.h"
#include "timer.h"

int board_device(const char *kind, u32 i, struct board_device *device)
{
  tree_node node = tree_compatible(kind, i);
  if (!tree_reg(node, 0, &device->address, &device->size)) return 0;
  device->line = tree_line(node, 0);
  return 1;
}

void board_init(void)
{
  gic_init();
  timer_init();
}

u64 board_monotonic(void) { return timer_monotonic(); }
void board_wait(u64 deadline) { timer_wait(deadline); }
