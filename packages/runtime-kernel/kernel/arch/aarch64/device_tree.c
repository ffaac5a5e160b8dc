/* SPDX-License-Identifier: ISC */

#include "device_tree.h"

#include "gic.h"

enum { MAGIC = 0xd00dfeed };
enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4 };

/* Section 5.2, as octets of the header. */
enum { STRUCTURE = 8, STRINGS = 12, RESERVATIONS = 16, STRINGS_SIZE = 32, STRUCTURE_SIZE = 36,
       HEADER = 40 };

static const u8 *blob, *structure, *strings;
static u32 structure_size, strings_size, used;

u64 tree_number(const void *at, u32 cells)
{
  const u8 *p = at;
  u64 n = 0;
  for (u32 i = 0; i < 4 * cells; i++) n = n << 8 | p[i];
  return n;
}

u64 tree_octets(const u8 *tree)
{
  enum { MOST = 2 << 20 };
  u64 structure_end = tree_number(tree + STRUCTURE, 1) + tree_number(tree + STRUCTURE_SIZE, 1);
  u64 strings_end = tree_number(tree + STRINGS, 1) + tree_number(tree + STRINGS_SIZE, 1);
  u64 size = structure_end > strings_end ? structure_end : strings_end;
  return size < MOST ? size : MOST;
}

static u32 header(u32 at) { return tree_number(blob + at, 1); }

int tree_init(u64 address)
{
  enum { MOST = 2 << 20 };
  blob = (const u8 *)address;
  if (!address || address % 4 || header(0) != MAGIC) return 0;
  u32 total = header(4);
  structure_size = header(STRUCTURE_SIZE), strings_size = header(STRINGS_SIZE);
  if (total > MOST || structure_size > total || header(STRUCTURE) > total - structure_size ||
      strings_size > total || header(STRINGS) > total - strings_size || header(STRUCTURE) % 4)
    return 0;
  structure = blob + header(STRUCTURE), strings = blob + header(STRINGS);
  u32 end = header(STRUCTURE) + structure_size;
  used = header(STRINGS) + strings_size;
  if (used < end) used = end;
  return 1;
}

u64 tree_start(void) { return (u64)blob; }
u64 tree_end(void) { return (u64)blob + used; }

int tree_reservation(u32 i, u64 *address, u64 *size)
{
  u32 at = header(RESERVATIONS) + 16 * i;
  if (at < HEADER || at > used - 16) return 0;
  *address = tree_number(blob + at, 2), *size = tree_number(blob + at + 8, 2);
  return *address || *size;
}

/* {2 Tokens: section 5.4} */

static u32 token(u32 at) { return at + 4 <= structure_size ? tree_number(structure + at, 1) : 0; }

static u32 name_end(u32 at)
{
  while (at < structure_size && structure[at]) at++;
  return (at + 4) & ~3u;
}

/* Where the next one begins; 0 behind the last. */
static u32 behind(u32 at)
{
  switch (token(at)) {
  case BEGIN_NODE: return name_end(at + 4);
  case PROPERTY: {
    u32 size = token(at + 4);
    return size > structure_size ? 0 : (at + 12 + size + 3) & ~3u;
  }
  case END_NODE:
  case NOP: return at + 4;
  default: return 0;
  }
}

tree_node tree_first(void) { return token(0) == BEGIN_NODE ? 0 : NO_NODE; }

tree_node tree_next(tree_node node)
{
  for (u32 at = behind(node); at; at = behind(at))
    if (token(at) == BEGIN_NODE) return at;
  return NO_NODE;
}

tree_node tree_parent(tree_node node)
{
  enum { DEEPEST = 16 };
  tree_node open[DEEPEST];
  u32 depth = 0;
  for (u32 at = 0; at < node && depth < DEEPEST;) {
    if (token(at) == BEGIN_NODE) open[depth++] = at;
    if (token(at) == END_NODE && depth) depth--;
    if (!(at = behind(at))) break;
  }
  return depth ? open[depth - 1] : NO_NODE;
}

/* {2 Properties} */

static int is_same(const char *a, const char *b)
{
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

const void *tree_property(tree_node node, const char *name, u32 *size)
{
  if (node == NO_NODE) return NULL;
  for (u32 at = behind(node); at; at = behind(at)) {
    if (token(at) == BEGIN_NODE || token(at) == END_NODE) return NULL;
    u32 length = token(at + 4), string = token(at + 8);
    if (token(at) != PROPERTY || string >= strings_size || !is_same((const char *)strings + string, name))
      continue;
    if (length > structure_size || at + 12 > structure_size - length) return NULL;
    if (size) *size = length;
    return structure + at + 12;
  }
  return NULL;
}

/* One of several strings, each with its 0. */
int tree_is(tree_node node, const char *name, const char *value)
{
  u32 size = 0, length = strlen(value) + 1;
  const char *p = tree_property(node, name, &size);
  for (u32 at = 0; p && at + length <= size; at++)
    if ((!at || !p[at - 1]) && !memcmp(p + at, value, length)) return 1;
  return 0;
}

u32 tree_cell(tree_node node, const char *name, u32 i)
{
  u32 size = 0;
  const u8 *p = tree_property(node, name, &size);
  return p && 4 * i + 4 <= size ? tree_number(p + 4 * i, 1) : 0;
}

static tree_node find(const char *property, const char *value, u32 i)
{
  for (tree_node n = tree_first(); n != NO_NODE; n = tree_next(n)) {
    if (!tree_is(n, property, value) || tree_is(n, "status", "disabled")) continue;
    if (i-- == 0) return n;
  }
  return NO_NODE;
}

tree_node tree_compatible(const char *name, u32 i) { return find("compatible", name, i); }
tree_node tree_of_type(const char *type, u32 i) { return find("device_type", type, i); }

tree_node tree_child(tree_node node, const char *name)
{
  u32 length = strlen(name), depth = 0;
  if (node == NO_NODE) return NO_NODE;
  for (u32 at = behind(node); at; at = behind(at)) {
    if (token(at) == END_NODE && depth-- == 0) break;
    if (token(at) != BEGIN_NODE || depth++) continue;
    const char *its = (const char *)structure + at + 4;
    if (at + 4 + length < structure_size && !memcmp(its, name, length) &&
        (!its[length] || its[length] == '@'))
      return at;
  }
  return NO_NODE;
}

/* {2 Addresses: sections 2.3.5, 2.3.6 and 2.3.8} */

static u32 cells(tree_node node, const char *name, u32 otherwise)
{
  u32 n = tree_property(node, name, NULL) ? tree_cell(node, name, 0) : otherwise;
  return n > 3 ? 3 : n;
}

/* As the parent of `bus` sees what `bus` has at that address. */
static int translate(tree_node bus, tree_node parent, u64 *address)
{
  u32 size = 0;
  const u8 *ranges = tree_property(bus, "ranges", &size);
  if (!ranges) return 0;
  if (!size) return 1;
  u32 own = cells(bus, "#address-cells", 2), above = cells(parent, "#address-cells", 2);
  u32 length = cells(bus, "#size-cells", 1), entry = 4 * (own + above + length);
  for (u32 at = 0; entry && at + entry <= size; at += entry) {
    u64 from = tree_number(ranges + at, own);
    u64 octets = tree_number(ranges + at + 4 * (own + above), length);
    if (*address < from || *address - from >= octets) continue;
    *address += tree_number(ranges + at + 4 * own, above) - from;
    return 1;
  }
  return 0;
}

int tree_reg(tree_node node, u32 i, u64 *address, u64 *size)
{
  u32 octets = 0;
  tree_node bus = tree_parent(node);
  const u8 *reg = tree_property(node, "reg", &octets);
  u32 of_address = cells(bus, "#address-cells", 2), of_size = cells(bus, "#size-cells", 1);
  u32 entry = 4 * (of_address + of_size);
  if (!reg || !entry || (i + 1) * entry > octets) return 0;
  *address = tree_number(reg + i * entry, of_address);
  *size = tree_number(reg + i * entry + 4 * of_address, of_size);
  for (tree_node parent; (parent = tree_parent(bus)) != NO_NODE; bus = parent)
    if (!translate(bus, parent, address)) return 0;
  return 1;
}

/* Three cells: kind, number, how it is raised (Linux, Documentation/devicetree/bindings/
   interrupt-controller/arm,gic.yaml). */
u32 tree_line(tree_node node, u32 i)
{
  u32 size = 0;
  const u8 *p = tree_property(node, "interrupts", &size);
  if (!p || 12 * i + 12 > size) return 0;
  return gic_line(tree_number(p + 12 * i, 1), tree_number(p + 12 * i + 4, 1), tree_number(p + 12 * i + 8, 1));
}
