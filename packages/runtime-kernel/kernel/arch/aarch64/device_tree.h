/* SPDX-License-Identifier: ISC */

/* The flattened device tree that a loader passes (Devicetree Specification 0.4, chapters 2
   and 5). What it says of sizes and places is not trusted. */
#ifndef MIRAGE_DEVICE_TREE_H
#define MIRAGE_DEVICE_TREE_H

#include "kernel.h"

/* A node, by where it begins. */
typedef u32 tree_node;
#define NO_NODE (~(u32)0)

/* What of a tree is in use: loaders leave room behind it. */
u64 tree_octets(const u8 *blob);

/* Whether there is a tree. */
int tree_init(u64 blob);

/* The memory that the tree takes. */
u64 tree_start(void);
u64 tree_end(void);

/* The i-th pair of its memory reservation block; 0 if there are not so many. */
int tree_reservation(u32 i, u64 *address, u64 *size);

/* The first node, and the one behind; NO_NODE at the end. */
tree_node tree_first(void);
tree_node tree_next(tree_node node);
tree_node tree_parent(tree_node node);

/* The i-th node that is not disabled and has that string in `compatible`, or has that
   `device_type`. */
tree_node tree_compatible(const char *name, u32 i);
tree_node tree_of_type(const char *type, u32 i);

/* The child of the node whose name, without its address, is that. */
tree_node tree_child(tree_node node, const char *name);

/* NULL if there is no such property; *size is in octets. */
const void *tree_property(tree_node node, const char *name, u32 *size);
int tree_is(tree_node node, const char *name, const char *value);

/* The i-th cell of a property; 0 if there are not so many. */
u32 tree_cell(tree_node node, const char *name, u32 i);

/* The i-th pair of `reg`, as the processor sees it; 0 if there is none. */
int tree_reg(tree_node node, u32 i, u64 *address, u64 *size);

/* The i-th line of `interrupts`, as interrupt_enable_line takes it; 0 if there is none. */
u32 tree_line(tree_node node, u32 i);

/* A number of so many cells. */
u64 tree_number(const void *at, u32 cells);

#endif
