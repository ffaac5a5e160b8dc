/* SPDX-License-Identifier: ISC */

#include "board.h"

#include "device_tree.h"

int board_device(const char *kind, u32 i, struct board_device *device)
{
  tree_node node = tree_compatible(kind, i);
  if (!tree_reg(node, 0, &device->address, &device->size)) return 0;
  device->line = tree_line(node, 0);
  return 1;
}
