/* SPDX-License-Identifier: ISC */

/* The reader of device trees (kernel/arch/aarch64/device_tree.c), on this machine's processor: a
   tree as a hypervisor gives it, and the same with every word of it damaged. */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernel/arch/aarch64/device_tree.c"

/* As gic.c tells lines: kind, number and flags are what is of interest here. */
u32 gic_line(u32 kind, u32 number, u32 flags) { return kind << 24 | number << 8 | flags; }

/* {2 Making a tree} */

static u8 words[2048], names[256];
static u32 words_size, names_size;

static void put(u8 *at, u32 n) { at[0] = n >> 24, at[1] = n >> 16, at[2] = n >> 8, at[3] = n; }
static void word(u32 n) { put(words + words_size, n), words_size += 4; }

static void octets(const void *p, u32 n)
{
  memcpy(words + words_size, p, n);
  words_size = (words_size + n + 3) & ~3u;
}

static void begin(const char *name) { word(BEGIN_NODE), octets(name, strlen(name) + 1); }
static void end(void) { word(END_NODE); }

static void property(const char *name, const void *value, u32 size)
{
  word(PROPERTY), word(size), word(names_size);
  strcpy((char *)names + names_size, name), names_size += strlen(name) + 1;
  octets(value, size);
}

static void text(const char *name, const char *value) { property(name, value, strlen(value) + 1); }

#define CELLS(name, ...)                                               \
  do {                                                                 \
    u32 values_[] = {__VA_ARGS__};                                     \
    u8 big_[sizeof values_];                                           \
    for (u32 i = 0; i < sizeof values_ / 4; i++) put(big_ + 4 * i, values_[i]); \
    property(name, big_, sizeof big_);                                 \
  } while (0)

static u8 *made(u32 *size)
{
  begin("");
  CELLS("#address-cells", 2);
  CELLS("#size-cells", 2);
  begin("memory@40000000");
  text("device_type", "memory");
  CELLS("reg", 0, 0x40000000, 0, 0x08000000, 1, 0, 0, 0x1000);
  end();
  begin("hypervisor");
  property("compatible", "xen,xen-4.17\0xen,xen", sizeof "xen,xen-4.17\0xen,xen");
  CELLS("reg", 0, 0x38000000, 0, 0x01000000);
  CELLS("interrupts", 1, 15, 0xf08);
  end();
  begin("chosen");
  text("bootargs", "--verbose");
  end();
  begin("bus");
  CELLS("#address-cells", 1);
  CELLS("#size-cells", 1);
  CELLS("ranges", 0x1000, 0, 0x09000000, 0x2000);
  begin("uart@1100");
  text("compatible", "arm,pl011");
  CELLS("reg", 0x1100, 0x100);
  end();
  begin("uart@1200");
  text("compatible", "arm,pl011");
  text("status", "disabled");
  CELLS("reg", 0x1200, 0x100);
  end();
  end();
  end();
  word(9);
  enum { START = HEADER + 32 };
  names_size = (names_size + 3) & ~3u;
  *size = START + names_size + words_size;
  u8 *tree = calloc(1, *size);
  put(tree, MAGIC), put(tree + 4, *size), put(tree + STRINGS, START), put(tree + STRUCTURE, START + names_size);
  put(tree + RESERVATIONS, HEADER), put(tree + STRINGS_SIZE, names_size), put(tree + STRUCTURE_SIZE, words_size);
  put(tree + HEADER + 4, 0x40000000), put(tree + HEADER + 12, 0x1000);
  memcpy(tree + START, names, names_size), memcpy(tree + START + names_size, words, words_size);
  return tree;
}

/* {2 Reading it} */

static void test_tree(const u8 *tree, u32 tree_size)
{
  u64 address, size;
  u32 n;
  assert(tree_octets(tree) == tree_size && tree_init((u64)tree) && tree_end() - tree_start() == tree_size);
  assert(tree_reservation(0, &address, &size) && address == 0x40000000 && size == 0x1000);
  assert(!tree_reservation(1, &address, &size));

  tree_node memory = tree_of_type("memory", 0);
  assert(tree_reg(memory, 0, &address, &size) && address == 0x40000000 && size == 0x08000000);
  assert(tree_reg(memory, 1, &address, &size) && address == 1ull << 32 && size == 0x1000);
  assert(!tree_reg(memory, 2, &address, &size) && tree_of_type("memory", 1) == NO_NODE);

  tree_node xen = tree_compatible("xen,xen", 0);
  assert(xen != NO_NODE && tree_compatible("xen", 0) == NO_NODE);
  assert(tree_line(xen, 0) == gic_line(1, 15, 0xf08) && !tree_line(xen, 1));

  tree_node uart = tree_compatible("arm,pl011", 0);
  assert(tree_reg(uart, 0, &address, &size) && address == 0x09000100 && size == 0x100);
  assert(tree_parent(uart) == tree_child(tree_first(), "bus"));
  assert(tree_compatible("arm,pl011", 1) == NO_NODE); /* it is disabled */

  tree_node chosen = tree_child(tree_first(), "chosen");
  assert(!strcmp(tree_property(chosen, "bootargs", &n), "--verbose") && n == sizeof "--verbose");
  assert(!tree_property(chosen, "rng-seed", &n) && !tree_cell(chosen, "rng-seed", 0));
  assert(tree_child(tree_first(), "uart") == NO_NODE);
}

/* Whatever is in it, nothing outside of it is read: the sanitizer ends the test if it is. */
static void read_all(const u8 *tree)
{
  u64 address, size;
  if (!tree_init((u64)tree)) return;
  tree_reservation(1, &address, &size);
  tree_compatible("xen,xen", 0);
  tree_child(tree_first(), "bus");
  u32 count = 0;
  for (tree_node node = tree_first(); node != NO_NODE && count++ < 100; node = tree_next(node)) {
    tree_reg(node, 0, &address, &size);
    tree_reg(node, 100, &address, &size);
    tree_line(node, 0);
    tree_property(node, "no such property", NULL);
  }
}

static void test_damage(const u8 *tree, u32 size)
{
  static const u32 values[] = {0, 1, 4, 0x7fffffff, 0xfffffff0, 0xffffffff};
  for (u32 at = 0; at + 4 <= size; at += 4)
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
      u8 *damaged = malloc(size);
      memcpy(damaged, tree, size);
      put(damaged + at, values[i]);
      /* A tree that says it is larger than it is cannot be told from one that is. */
      if (at != 4) read_all(damaged);
      free(damaged);
    }
}

int main(void)
{
  u32 size;
  u8 *tree = made(&size);
  test_tree(tree, size);
  test_damage(tree, size);
  free(tree);
  puts("ok device tree");
}
