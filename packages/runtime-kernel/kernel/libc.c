/* SPDX-License-Identifier: ISC */

/* Starting the C library, which starts OCaml. */

#include "arch.h"
#include "boot.h"

#define MAX_WORDS 256

int __libc_start_main(int (*)(int, char **), int, char **, void (*)(void), void (*)(void),
                      void (*)(void));

/* The memory of OCaml's stack: a sixteenth of all, at least 256 KiB and at most
   8 MiB. OCaml takes a fault in the 64 KiB below for a stack overflow. */
static char *new_stack(void)
{
  enum { GUARD = 16, LEAST = 64, MOST = 2048 };
  u64 pages = memory_pages() / 16;
  pages = GUARD + (pages < LEAST ? LEAST : pages > MOST ? MOST : pages);
  char *stack = memory_alloc(pages);
  if (!stack) panic("no memory for the stack");
  paging_unmap((u64)stack, GUARD);
  return stack + pages * PAGE_SIZE;
}

/* What Linux gives a program: argc, argv, environment and auxiliary vector (System
   V ABI, AMD64, section 3.4.1). Words NAME=VALUE of the command line are the
   environment. Arguments begin with the first other word that begins with --; those
   before are for Linux, such as `quiet`, and come from tools that take every kernel for
   one. */
static u64 vector[2 * MAX_WORDS + 32], *end_of_vector;
static u64 argc;

static void push(u64 v) { *end_of_vector++ = v; }

struct word {
  char *text;
  int is_assignment;
};

static int is_name(char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

static int is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/* NAME=, without quotation marks around it. */
static int begins_assignment(const char *line)
{
  const char *p = line;
  while (is_name(*p)) p++;
  return p > line && *p == '=';
}

/* Cuts the line into words, in place. A word ends at a blank that is not between double
   quotes; between them, a backslash has the next character stand for itself. */
static u32 split(char *p, struct word words[MAX_WORDS])
{
  u32 n = 0;
  char *to = p; /* behind the last word; never behind p */
  for (;;) {
    while (is_blank(*p)) p++;
    if (!*p) return n;
    if (n == MAX_WORDS) panic("the command line has too many words");
    words[n++] = (struct word){to, begins_assignment(p)};
    int is_quoted = 0;
    for (; *p && (is_quoted || !is_blank(*p)); p++) {
      if (*p == '"') {
        is_quoted = !is_quoted;
        continue;
      }
      if (is_quoted && *p == '\\' && p[1]) p++;
      *to++ = *p;
    }
    if (*p) p++;
    *to++ = 0;
  }
}

static void push_environment(const struct word words[], u32 n)
{
  for (u32 i = 0; i < n; i++)
    if (words[i].is_assignment) push((u64)words[i].text);
}

static void push_arguments(const struct word words[], u32 n)
{
  int has_begun = 0;
  for (u32 i = 0; i < n; i++) {
    const char *text = words[i].text;
    if (words[i].is_assignment) continue;
    int begins = !has_begun && text[0] == '-' && text[1] == '-';
    int is_separator = begins && !text[2];
    has_begun |= begins;
    if (has_begun && !is_separator) push((u64)text);
  }
}

static void push_auxiliary(void)
{
  enum { AT_NULL, AT_PHDR = 3, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_RANDOM = 25 };
  static u64 canary[2];
  struct arch_headers headers = arch_program_headers();
  if (!entropy_fill(canary, sizeof canary)) canary[0] = arch_cycles();
  push(AT_PHDR), push((u64)headers.start);
  push(AT_PHENT), push(headers.size);
  push(AT_PHNUM), push(headers.count);
  push(AT_PAGESZ), push(PAGE_SIZE);
  push(AT_RANDOM), push((u64)canary);
  push(AT_NULL), push(0);
}

static void start_main(void)
{
  __libc_start_main(ocaml_main, argc, (char **)(vector + 1), NULL, NULL, NULL);
}

void libc_start(const char *command_line)
{
  static struct word words[MAX_WORDS];
  static char copy[BOOT_MAX_COMMAND_LINE];
  memcpy(copy, command_line, strlen(command_line));
  u32 n = split(copy, words);
  end_of_vector = vector + 1;
  push((u64) "mirage");
  push_arguments(words, n);
  argc = vector[0] = end_of_vector - vector - 1;
  push(0);
  push_environment(words, n);
  push(0);
  push_auxiliary();
  arch_enter(new_stack(), start_main);
}
